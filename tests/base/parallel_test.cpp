#include "base/parallel.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <numeric>
#include <set>
#include <stdexcept>
#include <thread>
#include <vector>

namespace aisp {
namespace {

double process_cpu_seconds() {
  timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

TEST(ParallelFor, CoversEveryIndexOnceInPiecesOfTheGrain) {
  for (const std::size_t count : {0, 1, 9, 10, 11, 1000, 1003}) {
    std::vector<std::atomic<int>> seen(count);
    parallel_for(count, 10, [&](std::size_t begin, std::size_t end) {
      EXPECT_EQ(begin % 10, 0u);
      EXPECT_EQ(end, std::min(count, begin + 10));
      for (std::size_t i = begin; i < end; ++i) ++seen[i];
    });
    for (const auto& times : seen) EXPECT_EQ(times, 1);
  }
}

TEST(ParallelFor, ManyLoopsInARow) {
  std::atomic<std::size_t> sum{0};
  for (int loop = 0; loop < 5000; ++loop)
    parallel_for(4, 1, [&](std::size_t begin, std::size_t) { sum += begin + 1; });
  EXPECT_EQ(sum, 50000u);
}

TEST(ParallelFor, UsesAnotherThreadWhenThereIsOne) {
  if (parallel_threads() < 2) GTEST_SKIP() << "one processor";
  // Each of the two pieces waits for the other to have begun, so one thread alone could not end it.
  std::atomic<int> begun{0};
  parallel_for(2, 1, [&](std::size_t, std::size_t) {
    ++begun;
    while (begun < 2) std::this_thread::yield();
  });
  EXPECT_EQ(begun, 2);
}

TEST(ParallelFor, OnePieceStaysOnTheCallingThread) {
  const auto self = std::this_thread::get_id();
  parallel_for(10, 10,
               [&](std::size_t, std::size_t) { EXPECT_EQ(std::this_thread::get_id(), self); });
}

TEST(ParallelFor, ExceptionsReachTheCallerAndThePoolLives) {
  for (int i = 0; i < 50; ++i)
    EXPECT_THROW(parallel_for(100, 1,
                              [](std::size_t begin, std::size_t) {
                                if (begin == 37) throw std::runtime_error("37");
                              }),
                 std::runtime_error);
  std::atomic<int> calls{0};
  parallel_for(100, 1, [&](std::size_t, std::size_t) { ++calls; });
  EXPECT_EQ(calls, 100);
}

TEST(ParallelFor, NestedLoopsRunInline) {
  std::atomic<int> calls{0};
  parallel_for(8, 1, [&](std::size_t, std::size_t) {
    parallel_for(8, 1, [&](std::size_t, std::size_t) { ++calls; });
  });
  EXPECT_EQ(calls, 64);
}

TEST(ParallelFor, LoopsOfSeveralThreadsDoNotMix) {
  std::vector<std::thread> callers;
  std::atomic<int> calls{0};
  for (int t = 0; t < 4; ++t)
    callers.emplace_back([&] {
      for (int i = 0; i < 200; ++i) parallel_for(16, 1, [&](std::size_t, std::size_t) { ++calls; });
    });
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(calls, 4 * 200 * 16);
}

TEST(ParallelFor, ThePoolUsesNoProcessorTimeBetweenLoops) {
  parallel_for(64, 1, [](std::size_t, std::size_t) {});
  const double before = process_cpu_seconds();
  usleep(100000);  // the thing measured: 100 ms in which nothing may run
  EXPECT_LT(process_cpu_seconds() - before, 0.01);
}

TEST(ParallelFor, AForkedChildRunsLoopsWithoutThePool) {
  parallel_for(4, 1, [](std::size_t, std::size_t) {});
  const pid_t child = fork();
  if (child == 0) {
    int calls = 0;
    parallel_for(4, 1, [&](std::size_t, std::size_t) { ++calls; });
    _exit(calls == 4 ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace aisp
