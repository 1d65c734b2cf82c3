// Through a mailbox, where the other's memory cannot be mapped, but 64 KiB at a time: a chunk is still in
// the caches when the receiver uses it, and the receiver uses it where it lies. The price is that all
// wait for each other twice a chunk.
#include <aisp/aisp.h>
#include <kernels/ranks.h>
#include <kernels/register_tiles.h>

#include <algorithm>
#include <cstring>

#include "sum.h"

namespace {

constexpr std::int64_t kChunk = 1 << 14;  // floats

class Chunks {
 public:
  explicit Chunks(const aisp::Launch& launch)
      : ranks_(static_cast<int>(launch.input_tensor(0).shape[0])),
        n_(launch.input_tensor(0).shape[1]),
        mailbox_(ranks_ * kChunk) {}

  void run(const aisp::Launch& launch) {
    const float* x = launch.input<float>(0);
    float* y = launch.output<float>(0);
    const auto sum = aisp::ch02::sum();
    aisp::kernels::on_ranks(ranks_, [&] {
      for (std::int64_t i = 0; i < n_; i += kChunk) {
        const std::int64_t count = std::min(kChunk, n_ - i);
        aisp::kernels::each_rank(ranks_, [&](int rank) {
          std::memcpy(box(rank), x + rank * n_ + i,
                      static_cast<std::size_t>(count) * sizeof(float));
        });
        aisp::kernels::each_rank(ranks_, [&](int rank) {
          sum(count, x + rank * n_ + i, box((rank + 1) % ranks_), y + rank * n_ + i);
        });
      }
    });
  }

 private:
  float* box(int rank) { return mailbox_.data() + rank * kChunk; }

  int ranks_;
  std::int64_t n_;
  aisp::kernels::AlignedBuffer<float> mailbox_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Chunks, "a mailbox of 64 KiB chunks that stays in the caches");
