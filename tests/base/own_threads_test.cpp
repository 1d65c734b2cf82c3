#include "base/own_threads.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

#include "base/clock.h"

namespace aisp {
namespace {

void spin(std::int64_t ns) {
  for (const std::int64_t begin = monotonic_ns(); monotonic_ns() - begin < ns;) {
  }
}

TEST(OwnThreads, ThatSleepAreQuiet) {
  std::atomic<bool> done{false};
  std::thread sleeper([&] { done.wait(false); });
  int quiet = 0;
  std::int64_t shortest = 1'000'000'000;
  for (int i = 0; i < 20; ++i) {
    const std::int64_t begin = monotonic_ns();
    quiet += own_threads_are_quiet();
    shortest = std::min(shortest, monotonic_ns() - begin);
  }
  EXPECT_EQ(quiet, 20);
  EXPECT_LT(shortest, 50'000);
  done = true;
  done.notify_one();
  sleeper.join();
}

// As many as there are processors: some of them have to wait for the caller's.
TEST(OwnThreads, ThatSpinAreWaitedFor) {
  for (const unsigned threads : {1u, std::thread::hardware_concurrency()}) {
    std::atomic<unsigned> spinning{0};
    std::atomic<std::int64_t> last{0};
    std::vector<std::thread> spinners;
    for (unsigned i = 0; i < threads; ++i)
      spinners.emplace_back([&] {
        ++spinning;
        spin(5'000'000);
        last = monotonic_ns();
      });
    while (spinning < threads) {
    }
    EXPECT_TRUE(own_threads_are_quiet());
    const std::int64_t after = monotonic_ns();
    for (std::thread& t : spinners) t.join();
    EXPECT_GE(after + 10'000, last.load());
  }
}

TEST(OwnThreads, ThatNeverStopAreNotWaitedForForEver) {
  std::atomic<bool> done{false}, spinning{false};
  std::thread spinner([&] {
    spinning = true;
    while (!done) {
    }
  });
  while (!spinning) {
  }
  const std::int64_t begin = monotonic_ns();
  EXPECT_FALSE(own_threads_are_quiet());
  EXPECT_LT(monotonic_ns() - begin, 500'000'000);
  done = true;
  spinner.join();
}

}  // namespace
}  // namespace aisp
