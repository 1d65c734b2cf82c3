// C = A B by cuBLAS: bf16 factors, fp32 sums, bf16 result. cuBLAS is column-major: row-major C = A B is its
// transposed C = B A.
#pragma once

#include <aisp/implementation.h>
#include <cuda_bf16.h>
#include <kernels/cublas_handle.cuh>

namespace aisp::kernels {

// Inputs: A (m, k) and B (k, n). Output: C (m, n).
class Bf16ProductByCublas {
 public:
  explicit Bf16ProductByCublas(const Launch&) { handle_.set_math_mode(CUBLAS_DEFAULT_MATH); }

  void run(const Launch& launch) {
    const int m = static_cast<int>(launch.input_tensor(0).shape[0]);
    const int k = static_cast<int>(launch.input_tensor(0).shape[1]);
    const int n = static_cast<int>(launch.input_tensor(1).shape[1]);
    const float one = 1, zero = 0;
    check(cublasGemmEx(handle_.on(launch.stream<cudaStream_t>()), CUBLAS_OP_N, CUBLAS_OP_N, n, m, k,
                       &one, launch.input<__nv_bfloat16>(1), CUDA_R_16BF, n,
                       launch.input<__nv_bfloat16>(0), CUDA_R_16BF, k, &zero,
                       launch.output<__nv_bfloat16>(0), CUDA_R_16BF, n, CUBLAS_COMPUTE_32F,
                       CUBLAS_GEMM_DEFAULT),
          "cublasGemmEx");
  }

 private:
  CublasHandle handle_;
};

}  // namespace aisp::kernels
