// Gradients and sums in turns: a phase computes kTogether layers and sums up those of the phase before,
// whose gradients are all there by then. Buffers for two phases.
#pragma once

#include "layers.h"

namespace aisp::ch04 {

template <std::int64_t kTogether>
class Overlapped {
 public:
  explicit Overlapped(const Launch& launch)
      : shape_(launch), buffers_(2 * kTogether * kRanks * shape_.elements()) {}

  void run(const Launch& launch) {
    float* out = launch.output<float>(0);
    const auto add = accumulate();
    const std::int64_t layers = shape_.layers;
    kernels::on_ranks(kRanks, [&] {
      for (std::int64_t first = 0; first < layers + kTogether; first += kTogether)
        kernels::each_rank(kRanks, [&](int rank) {
          for (std::int64_t l = first - kTogether; l < std::min(first, layers); ++l)
            if (l >= 0) sum_quarter(add, shape_, l, rank, buffers(l), out);
          for (std::int64_t l = first; l < std::min(first + kTogether, layers); ++l)
            gradient(tiles_, shape_, launch, l, rank, buffers(l));
        });
    });
  }

 private:
  float* buffers(std::int64_t layer) {
    return buffers_.data() + layer % (2 * kTogether) * kRanks * shape_.elements();
  }

  const kernels::TileKernels& tiles_ = kernels::tile_kernels();
  LayerShape shape_;
  kernels::AlignedBuffer<float> buffers_;
};

}  // namespace aisp::ch04
