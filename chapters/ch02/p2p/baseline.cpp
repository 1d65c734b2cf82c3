// Send and receive, as a message-passing library does it for buffers that the other side cannot see:
// the sender copies its vector into a mailbox that both share, the receiver copies it out into a
// buffer of its own and then uses it. The vector crosses the memory bus six times.
#include <aisp/aisp.h>
#include <kernels/ranks.h>
#include <kernels/register_tiles.h>

#include <cstring>

#include "sum.h"

namespace {

class Baseline {
 public:
  explicit Baseline(const aisp::Launch& launch)
      : ranks_(static_cast<int>(launch.input_tensor(0).shape[0])),
        n_(launch.input_tensor(0).shape[1]),
        mailbox_(ranks_ * n_),
        received_(ranks_ * n_) {}

  void run(const aisp::Launch& launch) {
    const float* x = launch.input<float>(0);
    float* y = launch.output<float>(0);
    const auto sum = aisp::ch02::sum();
    const auto bytes = static_cast<std::size_t>(n_) * sizeof(float);
    aisp::kernels::on_ranks(ranks_, [&] {
      aisp::kernels::each_rank(ranks_, [&](int rank) {
        std::memcpy(mailbox_.data() + rank * n_, x + rank * n_, bytes);
      });
      aisp::kernels::each_rank(ranks_, [&](int rank) {
        float* const mine = received_.data() + rank * n_;
        std::memcpy(mine, mailbox_.data() + (rank + 1) % ranks_ * n_, bytes);
        sum(n_, x + rank * n_, mine, y + rank * n_);
      });
    });
  }

 private:
  int ranks_;
  std::int64_t n_;
  aisp::kernels::AlignedBuffer<float> mailbox_;
  aisp::kernels::AlignedBuffer<float> received_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Baseline, "whole vectors through a mailbox, copied in and out");
