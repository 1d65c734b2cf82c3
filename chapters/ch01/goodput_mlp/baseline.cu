// One micro-batch at a time: two launches, then the host waits until the result is there, as a server
// does that answers requests as they come. The tiles are small, so that 64 rows occupy as many
// multiprocessors as they can; still most of them have nothing to do.
#include <aisp/implementation.h>
#include <kernels/device_buffer.cuh>
#include <kernels/register_tiles.cuh>

#include "mlp_shape.h"

namespace {

using namespace aisp::kernels;

class Baseline {
 public:
  explicit Baseline(const aisp::Launch& launch)
      : shape_(launch), hidden_(shape_.rows * shape_.hidden) {}

  void run(const aisp::Launch& launch) {
    const auto stream = launch.stream<cudaStream_t>();
    for (std::int64_t i = 0; i < shape_.micro_batches; ++i) {
      const float* x = launch.input<float>(0) + i * shape_.rows * shape_.in;
      float* y = launch.output<float>(0) + i * shape_.rows * shape_.out;
      register_tiles_gemm<SmallTiles>(stream, shape_.rows, shape_.hidden, shape_.in, x,
                                      launch.input<float>(1),
                                      StoreBiased{hidden_.data(), launch.input<float>(2), true});
      register_tiles_gemm<SmallTiles>(stream, shape_.rows, shape_.out, shape_.hidden,
                                      hidden_.data(), launch.input<float>(3),
                                      StoreBiased{y, launch.input<float>(4), false});
      check(cudaStreamSynchronize(stream), "a micro-batch");
    }
  }

 private:
  MlpShape shape_;
  DeviceBuffer<float> hidden_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Baseline, "64 micro-batches, the host waits for each");
