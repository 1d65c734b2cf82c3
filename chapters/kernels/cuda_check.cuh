// Errors of the CUDA runtime as exceptions, which fail the call that they happen in. A kernel that
// fails while it runs is seen at the next synchronization, by whoever synchronizes.
#pragma once

#include <cuda_runtime.h>

#include <stdexcept>
#include <string>

namespace aisp::kernels {

inline void check(cudaError_t status, const char* what) {
  if (status == cudaSuccess) return;
  throw std::runtime_error(std::string(what) + ": " + cudaGetErrorName(status) + ", " +
                           cudaGetErrorString(status));
}

// After kernel<<<...>>>: whether it could be launched.
inline void check_launch(const char* kernel) { check(cudaGetLastError(), kernel); }

inline void require(bool condition, const char* what) {
  if (!condition) throw std::runtime_error(what);
}

// Streaming multiprocessors of the current device.
inline int multiprocessors() {
  int device = 0, count = 0;
  check(cudaGetDevice(&device), "cudaGetDevice");
  check(cudaDeviceGetAttribute(&count, cudaDevAttrMultiProcessorCount, device),
        "cudaDevAttrMultiProcessorCount");
  return count;
}

}  // namespace aisp::kernels
