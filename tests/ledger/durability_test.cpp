// What must hold when a process is killed, when the disk is full, and when two record at once.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <fstream>
#include <random>
#include <set>

#include "ledger/ledger.h"
#include "sample_run.h"

namespace aisp {
namespace {

using testing::Folder;
using testing::sample_run;
using testing::sample_target;

struct Child {
  pid_t pid = -1;
  int done_fd = -1;  // a byte for every target that was recorded
};

// Opens the ledger and records targets until it is killed; each success is told through the pipe.
Child record_until_killed(const std::string& path, const std::string& run_id) {
  int pipe_fds[2] = {-1, -1};
  if (pipe2(pipe_fds, O_CLOEXEC) != 0) return {};
  const pid_t pid = fork();
  if (pid != 0) {
    close(pipe_fds[1]);
    return {pid, pipe_fds[0]};
  }
  auto ledger = Ledger::open(path);
  if (!ledger.ok()) _exit(1);
  if (!ledger->begin_run(sample_run(run_id)).ok()) _exit(2);
  for (int i = 0;; ++i) {
    if (!ledger->record_target(run_id, sample_target("t" + std::to_string(i), 40)).ok()) _exit(3);
    if (write(pipe_fds[1], "x", 1) != 1) _exit(4);
  }
}

int bytes_told(int fd) {
  int total = 0;
  char buffer[4096];
  for (;;) {
    const ssize_t got = read(fd, buffer, sizeof buffer);
    if (got <= 0) return total;
    total += static_cast<int>(got);
  }
}

// A child under ThreadSanitizer takes that much longer to its first record.
#ifdef __SANITIZE_THREAD__
constexpr unsigned kSanitized = 10;
#else
constexpr unsigned kSanitized = 1;
#endif

TEST(Durability, KillAtAnyMomentLosesNothingThatWasCommitted) {
  constexpr int kKills = 50;
  std::mt19937 random(20260131);
  Folder folder;
  int recorded_in_all = 0;
  int longest_ms = 40 * static_cast<int>(kSanitized);
  for (int i = 0; i < kKills; ++i) {
    // Every fifth kill hits a ledger that is being created, the others one that has a history.
    const std::string path = folder / (i % 5 == 0 ? "fresh" + std::to_string(i) : "ledger.db");
    const std::string run = "run" + std::to_string(i);
    const Child child = record_until_killed(path, run);
    ASSERT_GT(child.pid, 0);
    // The length of this wait is the random point of the kill, not a synchronisation.
    pollfd nothing{-1, 0, 0};
    poll(&nothing, 1, static_cast<int>(random() % static_cast<unsigned>(longest_ms)));
    // A machine that is too slow to record anything in that time gets more.
    if (i % 4 == 3 && recorded_in_all == 0) longest_ms *= 2;
    ASSERT_EQ(kill(child.pid, SIGKILL), 0);
    int status = 0;
    ASSERT_EQ(waitpid(child.pid, &status, 0), child.pid);
    ASSERT_TRUE(WIFSIGNALED(status)) << "exit " << WEXITSTATUS(status);
    const int told = bytes_told(child.done_fd);
    close(child.done_fd);

    auto ledger = Ledger::open(path);
    ASSERT_TRUE(ledger.ok()) << ledger.error().message();
    const auto checked = ledger->check();
    ASSERT_TRUE(checked.ok()) << checked.error().message();
    const auto state = ledger->run_state(run);
    if (!state.ok()) {  // killed before the run began
      EXPECT_EQ(told, 0);
      continue;
    }
    EXPECT_EQ(*state, RunState::interrupted);
    const auto results = ledger->results(run);
    ASSERT_TRUE(results.ok()) << results.error().message();
    // The last one may have been committed and not told any more.
    EXPECT_GE(static_cast<int>(results->size()), told);
    EXPECT_LE(static_cast<int>(results->size()), told + 1);
    for (std::size_t t = 0; t < results->size(); ++t) {
      EXPECT_EQ(results->at(t).target, "t" + std::to_string(t));
      EXPECT_EQ(ledger->windows(run, results->at(t).target, "optimized_avx512")->size(), 40u);
    }
    recorded_in_all += static_cast<int>(results->size());
  }
  EXPECT_GT(recorded_in_all, 0) << "every kill came before the first record";
  RecordProperty("targets_recorded", recorded_in_all);
}

TEST(Durability, TwoProcessesRecordAtOnce) {
  Folder folder;
  const std::string path = folder / "ledger.db";  // both also race for its creation
  constexpr int kTargets = 20;
  pid_t children[2];
  for (int c = 0; c < 2; ++c) {
    children[c] = fork();
    ASSERT_GE(children[c], 0);
    if (children[c] == 0) {
      const std::string run = "run" + std::to_string(c);
      auto ledger = Ledger::open(path);
      if (!ledger.ok() || !ledger->begin_run(sample_run(run)).ok()) _exit(1);
      for (int i = 0; i < kTargets; ++i)
        if (!ledger->record_target(run, sample_target("t" + std::to_string(i))).ok()) _exit(2);
      _exit(ledger->finish_run(sample_run(run)).ok() ? 0 : 3);
    }
  }
  for (const pid_t child : children) {
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), 0);
  }
  auto ledger = Ledger::open(path);
  ASSERT_TRUE(ledger.ok()) << ledger.error().message();
  EXPECT_TRUE(ledger->check().ok());
  for (const char* run : {"run0", "run1"}) {
    EXPECT_EQ(*ledger->run_state(run), RunState::finished);
    EXPECT_EQ(ledger->results(run)->size(), static_cast<std::size_t>(kTargets));
  }
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder.path()))
    names.insert(entry.path().filename().string().substr(0, 9));
  EXPECT_EQ(names, std::set<std::string>{"ledger.db"}) << "a draft was left behind";
}

class SmallDisk : public ::testing::Test {
 protected:
  void SetUp() override {
    if (mount("tmpfs", folder_.path().c_str(), "tmpfs", 0, "size=1m") != 0)
      GTEST_SKIP() << "a tmpfs of 1 MiB cannot be mounted here: " << strerror(errno);
    mounted_ = true;
  }
  void TearDown() override {
    if (mounted_) umount2(folder_.path().c_str(), MNT_DETACH);
  }
  Folder folder_;
  bool mounted_ = false;
};

TEST_F(SmallDisk, FullIsAnErrorAndEarlierRowsStay) {
  const std::string path = folder_ / "ledger.db";
  std::size_t recorded = 0;
  {
    auto ledger = Ledger::open(path);
    ASSERT_TRUE(ledger.ok()) << ledger.error().message();
    ASSERT_TRUE(ledger->begin_run(sample_run("r")).ok());
    Status last = success();
    while (recorded < 1000) {
      last = ledger->record_target("r", sample_target("t" + std::to_string(recorded), 200));
      if (!last.ok()) break;
      ++recorded;
    }
    ASSERT_FALSE(last.ok());
    EXPECT_NE(last.error().message().find("full"), std::string::npos) << last.error().message();
    EXPECT_GT(recorded, 0u);
    EXPECT_EQ(ledger->results("r")->size(), recorded);
  }
  auto ledger = Ledger::open(path);
  ASSERT_TRUE(ledger.ok()) << ledger.error().message();
  EXPECT_EQ(ledger->results("r")->size(), recorded);
  EXPECT_TRUE(ledger->check().ok());
}

TEST_F(SmallDisk, NoRoomForANewLedger) {
  std::ofstream filler(folder_ / "filler", std::ios::binary);
  filler << std::string(2 << 20, 'x') << std::flush;
  const auto ledger = Ledger::open(folder_ / "ledger.db");
  ASSERT_FALSE(ledger.ok());
  EXPECT_NE(ledger.error().message().find("full"), std::string::npos) << ledger.error().message();
  EXPECT_FALSE(std::filesystem::exists(folder_ / "ledger.db"));
}

}  // namespace
}  // namespace aisp
