// The judge's end of a worker that dies, hangs or lies. What a window of an honest one looks like is
// here too, because all the rest is a deviation from it.
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <functional>
#include <numeric>
#include <random>
#include <sstream>
#include <string>
#include <thread>

#include "base/clock.h"
#include "worker/hostile_problem.h"

namespace aisp {
namespace {

using testing::HostileBench;
using testing::Mode;

std::vector<std::uint32_t> plan_of(std::uint32_t calls) {
  std::vector<std::uint32_t> plan(calls);
  std::iota(plan.begin(), plan.end(), 0u);
  return plan;
}

// Kills `pid` after `delay_ns`, a random moment and not a synchronisation.
class KillLater {
 public:
  KillLater(pid_t pid, std::int64_t delay_ns)
      : thread_([pid, at = monotonic_ns() + delay_ns] {
          while (monotonic_ns() < at) std::this_thread::yield();
          kill(pid, SIGKILL);
        }) {}
  KillLater(const KillLater&) = delete;
  KillLater& operator=(const KillLater&) = delete;
  ~KillLater() { thread_.join(); }

 private:
  std::thread thread_;
};

TEST(ProcessWorker, AnHonestWindow) {
  const HostileBench bench(Mode::honest);
  const auto worker = bench.start();
  ASSERT_TRUE(worker);
  ASSERT_TRUE(worker->setup(5).ok);
  ASSERT_TRUE(worker->populate(16).ok);
  for (const std::uint32_t calls : {1u, 16u, 5u}) {
    Window w;
    const OrderOutcome outcome = worker->run(plan_of(calls), 5, w);
    worker->settle(w);
    ASSERT_TRUE(outcome.ok) << outcome.detail;
    EXPECT_EQ(w.calls, static_cast<int>(calls));
    EXPECT_TRUE(w.claim_sane);
    EXPECT_GT(w.done_ns, 0);
    EXPECT_GE(w.sealed_ns, w.done_ns);
    EXPECT_LE(w.claim_span_ns, w.done_ns);
    EXPECT_GT(w.cpu_ns, 0);
    EXPECT_EQ(w.threads, 1);
  }
  const auto views = const_cast<HostileBench&>(bench).buffers->output_views(15);
  const auto x = const_cast<HostileBench&>(bench).buffers->input_views(bench.key, 0, 15);
  for (std::size_t i = 0; i < 192; ++i) ASSERT_EQ(views[0].as<float>()[i], 2 * x[0].as<float>()[i]);
  worker->quit();
  EXPECT_EQ(worker->pid(), 0);
}

// The judge borrows the main thread for the hand-over only: two threads on processors of their own stay there.
TEST(ProcessWorker, WhoPinsItsThreadStaysThere) {
  HostileBench bench(Mode::pinned, 0);
  bench.spec.handover_cpu = static_cast<int>(sysconf(_SC_NPROCESSORS_ONLN)) - 1;
  const auto worker = bench.start();
  ASSERT_TRUE(worker);
  ASSERT_TRUE(worker->setup(5).ok);
  ASSERT_TRUE(worker->populate(4).ok);
  for (int i = 0; i < 3; ++i) {
    Window w;
    ASSERT_TRUE(worker->run(plan_of(4), 5, w).ok);
    worker->settle(w);
  }
  const auto views = bench.buffers->output_views(0);
  const auto x = bench.buffers->input_views(bench.key, 0, 0);
  EXPECT_EQ(views[0].as<float>()[0], 2 * x[0].as<float>()[0]);
  worker->quit();
}

// Of the implementation's file, as that process has it mapped; 0 = not to be seen.
unsigned long inode_of_implementation(pid_t pid) {
  std::ifstream maps("/proc/" + std::to_string(pid) + "/maps");
  for (std::string line; std::getline(maps, line);) {
    if (line.find("implementation.so") == line.npos && line.find("hostile") == line.npos) continue;
    std::istringstream words(line);
    std::string range, mode, offset, device;
    unsigned long inode = 0;
    words >> range >> mode >> offset >> device >> inode;
    return inode;
  }
  return 0;
}

// Else all processes would run the same pages of memory, and be fast or slow by where these lie.
TEST(ProcessWorker, EachHasACopyOfItsImplementation) {
  const HostileBench bench(Mode::honest);
  const auto one = bench.start(), other = bench.start();
  ASSERT_TRUE(one && other);
  ASSERT_TRUE(one->setup(5).ok);
  ASSERT_TRUE(other->setup(5).ok);
  const auto a = inode_of_implementation(one->pid()), b = inode_of_implementation(other->pid());
  if (a == 0 || b == 0) GTEST_SKIP() << "not on this machine: maps of other users' processes";
  EXPECT_NE(a, b);
  const auto folders = [] {
    int count = 0;
    const std::string start = "aisp-worker-" + std::to_string(getpid());
    for (const auto& entry : std::filesystem::directory_iterator("/tmp"))
      count += entry.path().filename().string().rfind(start, 0) == 0;
    return count;
  };
  EXPECT_GE(folders(), 2);
  one->quit();
  other->quit();
  EXPECT_EQ(folders(), 0);
}

TEST(ProcessWorker, OnlyTheSetsOfThePlanAreRun) {
  HostileBench bench(Mode::honest);
  const auto worker = bench.start();
  ASSERT_TRUE(worker);
  ASSERT_TRUE(worker->setup(5).ok);
  Window w;
  const std::vector<std::uint32_t> plan = {7, 2, 11};
  ASSERT_TRUE(worker->run(plan, 5, w).ok);
  for (int set = 0; set < 16; ++set) {
    std::uint64_t word = 0;
    std::memcpy(&word, bench.buffers->output_views(set)[0].data, 8);
    const bool run = set == 7 || set == 2 || set == 11;
    EXPECT_EQ(word != 0x7ff4dead7ff4beefull, run) << "set " << set;
  }
}

TEST(ProcessWorker, ExitInACallIsToldWithItsStatus) {
  const HostileBench bench(Mode::dies_in_call, 3);
  const auto worker = bench.start();
  ASSERT_TRUE(worker);
  ASSERT_TRUE(worker->setup(5).ok);
  Window w;
  const OrderOutcome outcome = worker->run(plan_of(5), 5, w);
  EXPECT_FALSE(outcome.ok);
  EXPECT_EQ(outcome.end, WorkerEnd::exited);
  EXPECT_EQ(outcome.detail, "it exited with status 7");
  EXPECT_EQ(worker->pid(), 0);
  // Whoever asks again gets the same answer, at once.
  const OrderOutcome again = worker->run(plan_of(1), 5, w);
  EXPECT_EQ(again.end, WorkerEnd::exited);
  EXPECT_EQ(again.detail, outcome.detail);
  worker->quit();
}

TEST(ProcessWorker, HangsEndAtTheDeadline) {
  for (const Mode mode : {Mode::blocks_in_setup, Mode::blocks_in_run}) {
    const HostileBench bench(mode);
    const auto worker = bench.start();
    ASSERT_TRUE(worker);
    const std::int64_t begin = monotonic_ns();
    OrderOutcome outcome = worker->setup(0.1);
    Window w;
    if (mode == Mode::blocks_in_run) {
      ASSERT_TRUE(outcome.ok) << outcome.detail;
      outcome = worker->run(plan_of(1), 0.1, w);
    }
    EXPECT_EQ(outcome.end, WorkerEnd::hung) << outcome.detail;
    EXPECT_LT(monotonic_ns() - begin, 5'000'000'000);
  }
}

// A worker may be shot as soon as it is there: its first sight of the world is a pipe of the judge's.
TEST(ProcessWorker, KilledWhileItIsStarted) {
  const HostileBench bench(Mode::honest);
  std::atomic<bool> stop{false};
  std::atomic<int> shots{0};
  const pid_t judge_thread = gettid();
  std::thread shooter([&] {
    const std::string list = "/proc/self/task/" + std::to_string(judge_thread) + "/children";
    while (!stop) {
      std::ifstream children(list);
      for (pid_t pid = 0; children >> pid;) shots += kill(pid, SIGKILL) == 0;
    }
  });
  int failed = 0;
  for (int i = 0; i < 20; ++i) {
    const auto worker = start_worker(bench.spec, bench.problem, *bench.buffers);
    if (worker.ok()) continue;
    ++failed;
    EXPECT_FALSE(worker.error().message().empty());
  }
  stop = true;
  shooter.join();
  EXPECT_GT(failed, 0) << shots << " shots, and none of them was early enough";
}

// Launched before any of them is waited for; one that is shot meanwhile takes nobody along.
TEST(ProcessWorker, SeveralComeUpSideBySide) {
  const HostileBench bench(Mode::honest);
  std::vector<std::unique_ptr<Worker>> workers;
  for (int i = 0; i < 4; ++i) {
    auto worker = launch_worker(bench.spec, bench.problem, *bench.buffers);
    ASSERT_TRUE(worker.ok()) << worker.error().message();
    workers.push_back(std::move(*worker));
  }
  ASSERT_GT(workers[1]->pid(), 0);
  kill(workers[1]->pid(), SIGKILL);
  for (std::size_t i = 0; i < workers.size(); ++i) {
    const Status ready = workers[i]->await_ready();
    EXPECT_EQ(ready.ok(), i != 1);
    if (i == 1) {
      EXPECT_NE(ready.error().message().find("start a worker"), std::string::npos);
      EXPECT_EQ(workers[1]->pid(), 0);
    }
  }
  workers.erase(workers.begin() + 1);
  for (const auto& worker : workers) {
    ASSERT_TRUE(worker->setup(5).ok);
    Window w;
    EXPECT_TRUE(worker->run(plan_of(3), 5, w).ok);
  }
}

TEST(ProcessWorker, KilledInSetup) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 10; ++i) {
    const HostileBench bench(Mode::blocks_in_setup);
    const auto worker = bench.start();
    ASSERT_TRUE(worker);
    const KillLater killer(worker->pid(), static_cast<std::int64_t>(random() % 3'000'000));
    const OrderOutcome outcome = worker->setup(20);
    EXPECT_EQ(outcome.end, WorkerEnd::killed);
    EXPECT_EQ(outcome.detail, "it was killed by signal 9 (SIGKILL)");
  }
}

TEST(ProcessWorker, KilledInAWindow) {
  std::mt19937_64 random(2);
  for (int i = 0; i < 20; ++i) {
    const HostileBench bench(Mode::blocks_in_run);
    const auto worker = bench.start();
    ASSERT_TRUE(worker);
    ASSERT_TRUE(worker->setup(5).ok);
    const KillLater killer(worker->pid(), static_cast<std::int64_t>(random() % 300'000));
    Window w;
    const OrderOutcome outcome = worker->run(plan_of(1), 20, w);
    EXPECT_EQ(outcome.end, WorkerEnd::killed);
    EXPECT_EQ(outcome.detail, "it was killed by signal 9 (SIGKILL)");
  }
}

// The kill meets hand-overs, calls and stops, whatever comes first.
TEST(ProcessWorker, KilledAnywhereInManyShortWindows) {
  std::mt19937_64 random(3);
  for (int i = 0; i < 30; ++i) {
    const HostileBench bench(Mode::honest);
    const auto worker = bench.start();
    ASSERT_TRUE(worker);
    ASSERT_TRUE(worker->setup(5).ok);
    const KillLater killer(worker->pid(), static_cast<std::int64_t>(random() % 2'000'000));
    OrderOutcome outcome{true, WorkerEnd::alive, {}};
    const std::int64_t begin = monotonic_ns();
    while (outcome.ok && monotonic_ns() - begin < 10'000'000'000) {
      Window w;
      outcome = worker->run(plan_of(4), 20, w);
      EXPECT_TRUE(!outcome.ok || w.claim_sane);
    }
    EXPECT_EQ(outcome.end, WorkerEnd::killed);
    EXPECT_EQ(outcome.detail, "it was killed by signal 9 (SIGKILL)");
  }
}

TEST(ProcessWorker, KilledWhileStopped) {
  const HostileBench bench(Mode::honest);
  const auto worker = bench.start();
  ASSERT_TRUE(worker);
  ASSERT_TRUE(worker->setup(5).ok);
  Window w;
  ASSERT_TRUE(worker->run(plan_of(4), 5, w).ok);
  ASSERT_EQ(kill(worker->pid(), SIGKILL), 0);
  const OrderOutcome outcome = worker->run(plan_of(4), 5, w);
  EXPECT_EQ(outcome.end, WorkerEnd::killed);
  EXPECT_EQ(outcome.detail, "it was killed by signal 9 (SIGKILL)");
}

TEST(ProcessWorker, KilledBeforeItsEndIsAsked) {
  const HostileBench bench(Mode::honest);
  auto worker = bench.start();
  ASSERT_TRUE(worker);
  ASSERT_EQ(kill(worker->pid(), SIGKILL), 0);
  worker->quit();
  worker.reset();
}

TEST(ProcessWorker, NothingIsLeftOfAWorkerThatIsDropped) {
  const HostileBench bench(Mode::honest);
  pid_t pid = 0;
  {
    const auto worker = bench.start();
    ASSERT_TRUE(worker);
    pid = worker->pid();
    ASSERT_EQ(kill(pid, 0), 0);
  }
  EXPECT_EQ(kill(pid, 0), -1);
  EXPECT_EQ(errno, ESRCH);
}

TEST(ProcessWorker, WhatIsNoImplementationIsRefusedInSetup) {
  HostileBench bench(Mode::honest);
  bench.spec.implementation = AISP_AGENT;  // an executable, which dlopen refuses
  const auto worker = bench.start();
  ASSERT_TRUE(worker);
  const OrderOutcome outcome = worker->setup(5);
  EXPECT_EQ(outcome.end, WorkerEnd::failed_load);
  EXPECT_FALSE(outcome.detail.empty());
}

}  // namespace
}  // namespace aisp
