// The three stages over a piece of an image at a time: a thread takes kPiece pixels (0: a whole image)
// through all of them before it looks at the next ones.
#pragma once

#include <aisp/aisp.h>
#include <kernels/register_tiles.h>
#include <omp.h>

#include <algorithm>

#include "stages.h"

namespace aisp::ch05 {

template <std::int64_t kPiece>
class Pieces {
 public:
  explicit Pieces(const Launch& launch)
      : piece_(kPiece > 0 ? kPiece : launch.input_tensor(0).shape[1]),
        values_(omp_get_max_threads() * stride()) {}

  void run(const Launch& launch) {
    const std::int64_t images = launch.input_tensor(0).shape[0];
    const std::int64_t pixels = launch.input_tensor(0).shape[1];
    const auto* raw = launch.input<std::uint8_t>(0);
    float* planes = launch.output<float>(0);
    const std::int64_t image = pixels * kChannels;
#pragma omp parallel
    {
      float* const values = values_.data() + omp_get_thread_num() * stride();
#pragma omp for schedule(static)
      for (std::int64_t i = 0; i < images; ++i)
        for (std::int64_t p = 0; p < pixels; p += piece_) {
          const std::int64_t count = std::min(piece_, pixels - p);
          stages_.widen(count, raw + i * image + p * kChannels, values);
          stages_.normalize(count, launch.input<float>(1), launch.input<float>(2), values);
          stages_.split(count, pixels, values, planes + i * image + p);
        }
    }
  }

 private:
  std::int64_t stride() const { return piece_ * kChannels + 64; }  // floats of a thread

  std::int64_t piece_;  // pixels
  Stages stages_ = stages();
  kernels::AlignedBuffer<float> values_;
};

}  // namespace aisp::ch05
