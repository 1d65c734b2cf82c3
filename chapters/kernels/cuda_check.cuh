// Errors of the CUDA runtime as exceptions, which fail the call that they happen in. A kernel that
// fails while it runs is seen at the next synchronization, by whoever synchronizes.
#pragma once

#include <cuda_runtime.h>

#include <cstdio>
#include <exception>

namespace aisp::kernels {

// Holds its text itself: <stdexcept> and <string> are a fifth of what a small .cu costs to compile.
class CudaError : public std::exception {
 public:
  explicit CudaError(const char* what, const char* name = nullptr, const char* meaning = nullptr) {
    if (name == nullptr)
      std::snprintf(text_, sizeof text_, "%s", what);
    else
      std::snprintf(text_, sizeof text_, "%s: %s, %s", what, name, meaning);
  }
  const char* what() const noexcept override { return text_; }

 private:
  char text_[256];
};

inline void check(cudaError_t status, const char* what) {
  if (status == cudaSuccess) return;
  throw CudaError(what, cudaGetErrorName(status), cudaGetErrorString(status));
}

// After kernel<<<...>>>: whether it could be launched.
inline void check_launch(const char* kernel) { check(cudaGetLastError(), kernel); }

inline void require(bool condition, const char* what) {
  if (!condition) throw CudaError(what);
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
