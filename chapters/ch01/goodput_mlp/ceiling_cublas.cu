// The ceiling: cuBLAS sgemm for both layers on the whole batch in fp32, bias and relu in passes of
// their own (which the BLAS interface does not fuse).
#include <aisp/implementation.h>
#include <kernels/cublas_handle.cuh>
#include <kernels/cuda_check.cuh>
#include <kernels/device_buffer.cuh>

#include "mlp_shape.h"

namespace {

constexpr int kThreads = 256;

// y[i, j] = act(y[i, j] + bias[j]), four columns a thread; n4 = columns / 4.
__global__ void __launch_bounds__(kThreads)
    add_bias(std::int64_t elements4, int n4, const float4* __restrict__ bias, bool relu,
             float4* __restrict__ y) {
  const std::int64_t i = static_cast<std::int64_t>(blockIdx.x) * kThreads + threadIdx.x;
  if (i >= elements4) return;
  const float4 b = bias[i % n4];
  float4 v = y[i];
  v = make_float4(v.x + b.x, v.y + b.y, v.z + b.z, v.w + b.w);
  if (relu) v = make_float4(fmaxf(v.x, 0), fmaxf(v.y, 0), fmaxf(v.z, 0), fmaxf(v.w, 0));
  y[i] = v;
}

class Ceiling {
 public:
  explicit Ceiling(const aisp::Launch& launch)
      : shape_(launch), hidden_(shape_.all_rows() * shape_.hidden) {}

  void run(const aisp::Launch& launch) {
    const auto stream = launch.stream<cudaStream_t>();
    layer(stream, shape_.hidden, shape_.in, launch.input<float>(0), launch.input<float>(1),
          launch.input<float4>(2), true, hidden_.data());
    layer(stream, shape_.out, shape_.hidden, hidden_.data(), launch.input<float>(3),
          launch.input<float4>(4), false, launch.output<float>(0));
  }

 private:
  // cuBLAS is column-major: row-major y = x w is its transposed y = w x.
  void layer(cudaStream_t stream, std::int64_t n, std::int64_t k, const float* x, const float* w,
             const float4* bias, bool relu, float* y) {
    const float one = 1, zero = 0;
    const int columns = static_cast<int>(n), depth = static_cast<int>(k);
    aisp::kernels::check(cublasSgemm(handle_.on(stream), CUBLAS_OP_N, CUBLAS_OP_N, columns,
                                     static_cast<int>(shape_.all_rows()), depth, &one, w, columns,
                                     x, depth, &zero, y, columns),
                         "cublasSgemm");
    const std::int64_t elements4 = shape_.all_rows() * n / 4;
    add_bias<<<static_cast<unsigned>((elements4 + kThreads - 1) / kThreads), kThreads, 0, stream>>>(
        elements4, columns / 4, bias, relu, reinterpret_cast<float4*>(y));
    aisp::kernels::check_launch("add_bias");
  }

  MlpShape shape_;
  aisp::kernels::DeviceBuffer<float> hidden_;
  aisp::kernels::CublasHandle handle_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Ceiling, "cuBLAS sgemm on the whole batch, both layers");
