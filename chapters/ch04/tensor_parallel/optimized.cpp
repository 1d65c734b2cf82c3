// The first matrix cut into columns, the second into rows (M. Shoeybi et al., Megatron-LM, 2019): what a
// rank has of the hidden layer is complete, goes through relu, and is just what its part of the second
// matrix needs. One sum over the ranks in place of two, of a quarter of the size, and no rank waits in
// the middle.
#include "shard.h"

namespace {

using aisp::ch04::kRanks;
using aisp::ch04::Shard;
using aisp::kernels::each_rank;

class Optimized {
 public:
  explicit Optimized(const aisp::Launch& launch)
      : shape_(launch),
        partial_(kRanks * shape_.tokens * shape_.width),
        hidden_(kRanks * shape_.tokens * part()) {
    for (int rank = 0; rank < kRanks; ++rank) {
      w1_.emplace_back(tiles_, launch.input<float>(1), shape_.hidden, 0, shape_.width,
                       rank * part(), part());
      w2_.emplace_back(tiles_, launch.input<float>(2), shape_.width, rank * part(), part(), 0,
                       shape_.width);
    }
  }

  void run(const aisp::Launch& launch) {
    const float* x = launch.input<float>(0);
    float* y = launch.output<float>(0);
    const auto add = aisp::ch04::accumulate();
    const std::int64_t t = shape_.tokens, width = shape_.width;
    aisp::kernels::on_ranks(kRanks, [&] {
      each_rank(kRanks, [&](int rank) {
        float* const mine = hidden_.data() + rank * t * part();
        w1_[rank].multiply(t, x, width, true, mine, part());
        w2_[rank].multiply(t, mine, part(), false, partial_.data() + rank * t * width, width);
      });
      each_rank(kRanks,
                [&](int rank) { aisp::ch04::sum_share(add, rank, t * width, partial_.data(), y); });
    });
  }

 private:
  std::int64_t part() const { return shape_.hidden / kRanks; }

  const aisp::kernels::TileKernels& tiles_ = aisp::kernels::tile_kernels();
  aisp::ch04::MlpShape shape_;
  std::vector<Shard> w1_, w2_;
  aisp::kernels::AlignedBuffer<float> partial_;
  aisp::kernels::AlignedBuffer<float> hidden_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Optimized, "columns, then rows: one sum over the ranks");
