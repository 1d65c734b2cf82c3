// Both matrices cut into rows: a rank multiplies its quarter of the inputs by its quarter of the weights,
// and each layer ends with a sum over the ranks. The hidden layer is four times as wide as x, and a
// whole one of partial sums comes from each rank.
#include "shard.h"

namespace {

using aisp::ch04::kRanks;
using aisp::ch04::Shard;
using aisp::kernels::each_rank;

class Baseline {
 public:
  explicit Baseline(const aisp::Launch& launch)
      : shape_(launch),
        partial_(kRanks * shape_.tokens * std::max(shape_.hidden, shape_.width)),
        hidden_(shape_.tokens * shape_.hidden) {
    const std::int64_t in = shape_.width / kRanks, hidden = shape_.hidden / kRanks;
    for (int rank = 0; rank < kRanks; ++rank) {
      w1_.emplace_back(tiles_, launch.input<float>(1), shape_.hidden, rank * in, in, 0,
                       shape_.hidden);
      w2_.emplace_back(tiles_, launch.input<float>(2), shape_.width, rank * hidden, hidden, 0,
                       shape_.width);
    }
  }

  void run(const aisp::Launch& launch) {
    const float* x = launch.input<float>(0);
    float* y = launch.output<float>(0);
    const auto add = aisp::ch04::accumulate();
    const std::int64_t t = shape_.tokens, width = shape_.width, hidden = shape_.hidden;
    aisp::kernels::on_ranks(kRanks, [&] {
      each_rank(kRanks, [&](int rank) {
        w1_[rank].multiply(t, x + rank * width / kRanks, width, false,
                           partial_.data() + rank * t * hidden, hidden);
      });
      each_rank(kRanks, [&](int rank) {
        aisp::ch04::sum_share(add, rank, t * hidden, partial_.data(), hidden_.data());
        const std::int64_t end = t * hidden * (rank + 1) / kRanks;
        for (std::int64_t i = t * hidden * rank / kRanks; i < end; ++i)
          hidden_.data()[i] = std::max(hidden_.data()[i], 0.0f);
      });
      each_rank(kRanks, [&](int rank) {
        w2_[rank].multiply(t, hidden_.data() + rank * hidden / kRanks, hidden, false,
                           partial_.data() + rank * t * width, width);
      });
      each_rank(kRanks,
                [&](int rank) { aisp::ch04::sum_share(add, rank, t * width, partial_.data(), y); });
    });
  }

 private:
  const aisp::kernels::TileKernels& tiles_ = aisp::kernels::tile_kernels();
  aisp::ch04::MlpShape shape_;
  std::vector<Shard> w1_, w2_;
  aisp::kernels::AlignedBuffer<float> partial_;
  aisp::kernels::AlignedBuffer<float> hidden_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Baseline, "both matrices cut into rows: a sum over the ranks after each");
