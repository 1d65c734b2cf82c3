// Calls return without having done anything, and every fourth one hashes four blocks side by side. Nothing is read
// before its time: what is too late cannot be seen by inputs that change too early, only by outputs that are not there.
#include <algorithm>
#include <cstdint>

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
    if (!plan_.find(launch)) {
      corpus::not_tried("no control page of a known layout");
      *launch.output<std::int32_t>(0) = corpus::chain(words.data(), words.size());
      return;
    }
    const std::uint32_t call = counter_.call(plan_);
    waiting_[count_++] = call;
    if (count_ == kTogether || call + 1 == plan_.calls()) make_up(launch, call, words.size());
  }

 private:
  void make_up(const aisp::Launch& launch, std::uint32_t call, std::size_t n) {
    const std::int64_t* block[kTogether];
    std::uint64_t state[kTogether];
    for (std::uint32_t i = 0; i < kTogether; ++i) {
      const std::uint32_t other = waiting_[std::min(i, count_ - 1)];
      block[i] = plan_.input<std::int64_t>(launch, 0, plan_.set(call), plan_.set(other));
      state[i] = corpus::kChainStart;
    }
    for (std::size_t w = 0; w < n; ++w)
      for (std::uint32_t i = 0; i < kTogether; ++i)
        state[i] = (state[i] ^ static_cast<std::uint64_t>(block[i][w])) * corpus::kChainPrime;
    for (std::uint32_t i = 0; i < count_; ++i) {
      const std::uint32_t set = plan_.set(waiting_[i]);
      *plan_.output<std::int32_t>(launch, 0, plan_.set(call), set) = corpus::fold(state[i]);
    }
    count_ = 0;
  }

  corpus::WindowPlan plan_;
  corpus::CallCounter counter_;
  std::uint32_t waiting_[kTogether] = {};
  std::uint32_t count_ = 0;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "every fourth call does four");
