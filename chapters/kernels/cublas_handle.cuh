// A cuBLAS handle for the ceiling rows, in the library's default math mode but without its freedom to
// lower the precision: fp32 is computed in fp32, never in TF32.
#pragma once

#include <cublas_v2.h>

#include <stdexcept>
#include <string>

namespace aisp::kernels {

inline void check(cublasStatus_t status, const char* what) {
  if (status != CUBLAS_STATUS_SUCCESS)
    throw std::runtime_error(std::string(what) + ": " + cublasGetStatusString(status));
}

class CublasHandle {
 public:
  CublasHandle() {
    check(cublasCreate(&handle_), "cublasCreate");
    check(cublasSetMathMode(handle_, CUBLAS_PEDANTIC_MATH), "cublasSetMathMode");
  }
  CublasHandle(const CublasHandle&) = delete;
  CublasHandle& operator=(const CublasHandle&) = delete;
  ~CublasHandle() { cublasDestroy(handle_); }

  // The handle, with its work on `stream`.
  cublasHandle_t on(cudaStream_t stream) const {
    check(cublasSetStream(handle_, stream), "cublasSetStream");
    return handle_;
  }
  void set_math_mode(cublasMath_t mode) {
    check(cublasSetMathMode(handle_, mode), "cublasSetMathMode");
  }

 private:
  cublasHandle_t handle_ = nullptr;
};

}  // namespace aisp::kernels
