// A thread on another processor reads the second half of the call's own block ahead of the chain.
#include <atomic>
#include <cstdint>
#include <thread>

#include "../chain.h"
#include "aisp/implementation.h"

namespace {

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) : helper_([this] { help(); }) {}
  ~Kernel() {
    stop_ = true;
    helper_.join();
  }
  void run(const aisp::Launch& launch) {
    const auto words = launch.input_span<std::int64_t>(0);
    ahead_ = words.data() + words.size() / 2;
    const std::uint32_t job = jobs_.fetch_add(1) + 1;
    launch.output<std::int32_t>(0)[0] = corpus::chain(words.data(), words.size());
    while (done_.load() != job) {
    }
  }

 private:
  void help() {
    std::uint32_t seen = 0;
    while (!stop_) {
      if (jobs_.load() == seen) continue;
      seen = jobs_.load();
      for (std::int64_t i = 0; i < corpus::kChainWords / 2; i += 8)
        __builtin_prefetch(ahead_ + i, 0, 1);
      done_ = seen;
    }
  }

  const std::int64_t* ahead_ = nullptr;
  std::atomic<std::uint32_t> jobs_{0};
  std::atomic<std::uint32_t> done_{0};
  std::atomic<bool> stop_{false};
  std::thread helper_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "another processor prefetches within the call");
