// Device memory of an implementation's own: allocated in setup, uninitialized, freed in teardown.
#pragma once

#include <cstddef>
#include <cstdint>

#include "cuda_check.cuh"

namespace aisp::kernels {

template <class T>
class DeviceBuffer {
 public:
  explicit DeviceBuffer(std::int64_t elements) {
    check(cudaMalloc(&data_, static_cast<std::size_t>(elements) * sizeof(T)), "cudaMalloc");
  }
  DeviceBuffer(const DeviceBuffer&) = delete;
  DeviceBuffer& operator=(const DeviceBuffer&) = delete;
  ~DeviceBuffer() { cudaFree(data_); }
  T* data() const { return data_; }

 private:
  T* data_ = nullptr;
};

}  // namespace aisp::kernels
