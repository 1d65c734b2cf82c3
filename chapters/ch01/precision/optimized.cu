// bf16 factors and fp32 sums on tensor cores. Weights are rounded in setup, activations inside the
// call, in a pass of its own before the product.
#include <aisp/implementation.h>
#include <kernels/bf16_mma.cuh>
#include <kernels/device_buffer.cuh>

namespace {

using namespace aisp::kernels;

class Optimized {
 public:
  explicit Optimized(const aisp::Launch& launch)
      : rows_(launch.input_tensor(0).shape[0]),
        in_(launch.input_tensor(0).shape[1]),
        out_(launch.input_tensor(1).shape[1]),
        weights_(in_ * out_),
        x_(rows_ * in_) {
    enqueue_rounding(launch.stream<cudaStream_t>(), in_ * out_, launch.input<float>(1),
                     weights_.data());
    check(cudaStreamSynchronize(launch.stream<cudaStream_t>()), "rounding of the weights");
  }

  void run(const aisp::Launch& launch) {
    const auto stream = launch.stream<cudaStream_t>();
    enqueue_rounding(stream, rows_ * in_, launch.input<float>(0), x_.data());
    bf16_mma_gemm(stream, rows_, out_, in_, x_.data(), weights_.data(),
                  launch.output<__nv_bfloat16>(0));
  }

 private:
  std::int64_t rows_;
  std::int64_t in_;
  std::int64_t out_;
  DeviceBuffer<__nv_bfloat16> weights_;
  DeviceBuffer<__nv_bfloat16> x_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Optimized, "bf16 factors, fp32 sums, tensor cores (mma.sync)");
