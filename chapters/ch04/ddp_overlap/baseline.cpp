// All gradients first, then all sums: the backward pass and the collective as two phases. 128 MiB of
// gradients go to memory and come back.
#include "layers.h"

namespace {

using aisp::ch04::kRanks;

class Baseline {
 public:
  explicit Baseline(const aisp::Launch& launch)
      : shape_(launch), buffers_(shape_.layers * kRanks * shape_.elements()) {}

  void run(const aisp::Launch& launch) {
    float* out = launch.output<float>(0);
    const auto add = aisp::ch04::accumulate();
    aisp::kernels::on_ranks(kRanks, [&] {
      aisp::kernels::each_rank(kRanks, [&](int rank) {
        for (std::int64_t l = 0; l < shape_.layers; ++l)
          aisp::ch04::gradient(tiles_, shape_, launch, l, rank, buffers(l));
      });
      aisp::kernels::each_rank(kRanks, [&](int rank) {
        for (std::int64_t l = 0; l < shape_.layers; ++l)
          aisp::ch04::sum_quarter(add, shape_, l, rank, buffers(l), out);
      });
    });
  }

 private:
  float* buffers(std::int64_t layer) {
    return buffers_.data() + layer * kRanks * shape_.elements();
  }

  const aisp::kernels::TileKernels& tiles_ = aisp::kernels::tile_kernels();
  aisp::ch04::LayerShape shape_;
  aisp::kernels::AlignedBuffer<float> buffers_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Baseline, "all gradients, then all sums");
