// Stage after stage, each over the whole batch with all threads: how a loader is written from the parts of a
// library. 37 MiB of floats go to memory and come back, twice.
#include <aisp/aisp.h>
#include <kernels/register_tiles.h>

#include "stages.h"

namespace {

using aisp::ch05::kChannels;

class Baseline {
 public:
  explicit Baseline(const aisp::Launch& launch)
      : values_(static_cast<std::int64_t>(launch.input_tensor(0).elements)) {}

  void run(const aisp::Launch& launch) {
    const std::int64_t images = launch.input_tensor(0).shape[0];
    const std::int64_t pixels = launch.input_tensor(0).shape[1];
    const auto* raw = launch.input<std::uint8_t>(0);
    float* planes = launch.output<float>(0);
    float* values = values_.data();
    const std::int64_t image = pixels * kChannels;
#pragma omp parallel
    {
#pragma omp for schedule(static)
      for (std::int64_t i = 0; i < images; ++i)
        stages_.widen(pixels, raw + i * image, values + i * image);
#pragma omp for schedule(static)
      for (std::int64_t i = 0; i < images; ++i)
        stages_.normalize(pixels, launch.input<float>(1), launch.input<float>(2),
                          values + i * image);
#pragma omp for schedule(static)
      for (std::int64_t i = 0; i < images; ++i)
        stages_.split(pixels, pixels, values + i * image, planes + i * image);
    }
  }

 private:
  aisp::ch05::Stages stages_ = aisp::ch05::stages();
  aisp::kernels::AlignedBuffer<float> values_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Baseline, "three stages, each over the whole batch");
