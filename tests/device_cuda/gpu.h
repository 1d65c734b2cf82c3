// What the tests on a GPU stand on: the first device's context, its memory, the judge's kernels.
#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <cstring>
#include <optional>
#include <vector>

#include "device/cuda/driver.h"
#include "device/cuda/kernels.h"

namespace aisp::cuda {

// Ends the test when `status` is an error.
#define ASSERT_DONE(status)                            \
  do {                                                 \
    const ::aisp::Status status_ = (status);           \
    ASSERT_TRUE(status_) << status_.error().message(); \
  } while (false)

// Memory of the device; empty, with a failure of the test, where there is none.
class DeviceMemory {
 public:
  DeviceMemory(const Driver& driver, std::size_t bytes);
  ~DeviceMemory();
  DeviceMemory(const DeviceMemory&) = delete;
  DeviceMemory& operator=(const DeviceMemory&) = delete;
  CUdeviceptr address() const { return address_; }
  operator CUdeviceptr() const { return address_; }  // NOLINT

  void write(const void* data, std::size_t bytes, std::size_t at = 0);
  void read(void* data, std::size_t bytes, std::size_t at = 0) const;
  template <class T>
  std::vector<T> read_all(std::size_t n) const {
    std::vector<T> values(n);
    read(values.data(), n * sizeof(T));
    return values;
  }

 private:
  const Driver& driver_;
  CUdeviceptr address_ = 0;
};

// Skips the test, with the driver's reason, where there is no GPU.
class GpuTest : public ::testing::Test {
 protected:
  void SetUp() override;
  void TearDown() override;

  const Driver& cuda() const { return *driver_; }
  const Kernels& kernels() const { return *kernels_; }
  CUstream stream() const { return stream_; }
  Status wait() const { return check(cuda().StreamSynchronize(stream_), "wait for the GPU"); }

 private:
  const Driver* driver_ = nullptr;
  std::optional<CUdevice> retained_;
  std::optional<Kernels> kernels_;
  CUstream stream_ = nullptr;
};

}  // namespace aisp::cuda
