// The ceiling: cuBLAS with bf16 factors and fp32 sums; weights are rounded in setup, activations inside
// the call. cuBLAS is column-major: row-major y = x W is its transposed y = W x.
#include <aisp/implementation.h>
#include <kernels/bf16_mma.cuh>
#include <kernels/cublas_handle.cuh>
#include <kernels/device_buffer.cuh>

namespace {

using namespace aisp::kernels;

class Ceiling {
 public:
  explicit Ceiling(const aisp::Launch& launch)
      : rows_(launch.input_tensor(0).shape[0]),
        in_(launch.input_tensor(0).shape[1]),
        out_(launch.input_tensor(1).shape[1]),
        weights_(in_ * out_),
        x_(rows_ * in_) {
    handle_.set_math_mode(CUBLAS_DEFAULT_MATH);
    enqueue_rounding(launch.stream<cudaStream_t>(), in_ * out_, launch.input<float>(1),
                     weights_.data());
    check(cudaStreamSynchronize(launch.stream<cudaStream_t>()), "rounding of the weights");
  }

  void run(const aisp::Launch& launch) {
    const auto stream = launch.stream<cudaStream_t>();
    enqueue_rounding(stream, rows_ * in_, launch.input<float>(0), x_.data());
    const float one = 1, zero = 0;
    const int rows = static_cast<int>(rows_), in = static_cast<int>(in_),
              out = static_cast<int>(out_);
    check(cublasGemmEx(handle_.on(stream), CUBLAS_OP_N, CUBLAS_OP_N, out, rows, in, &one,
                       weights_.data(), CUDA_R_16BF, out, x_.data(), CUDA_R_16BF, in, &zero,
                       launch.output<__nv_bfloat16>(0), CUDA_R_16BF, out, CUBLAS_COMPUTE_32F,
                       CUBLAS_GEMM_DEFAULT),
          "cublasGemmEx");
  }

 private:
  std::int64_t rows_;
  std::int64_t in_;
  std::int64_t out_;
  DeviceBuffer<__nv_bfloat16> weights_;
  DeviceBuffer<__nv_bfloat16> x_;
  CublasHandle handle_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Ceiling, "cuBLAS, bf16 factors, fp32 sums");
