#include "worker/watchdog.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"

namespace aisp {
namespace {

pid_t child_that_waits() {
  const pid_t pid = fork();
  if (pid == 0)
    for (;;) pause();
  return pid;
}

TEST(Watchdog, KillsWhatPassesItsDeadlineAndSaysSo) {
  const pid_t pid = child_that_waits();
  ASSERT_GT(pid, 0);
  const std::int64_t begin = monotonic_ns();
  const Deadline deadline(pid, 0.05);
  int status = 0;
  ASSERT_EQ(waitpid(pid, &status, 0), pid);
  const double waited_s = static_cast<double>(monotonic_ns() - begin) * 1e-9;
  EXPECT_TRUE(WIFSIGNALED(status));
  EXPECT_EQ(WTERMSIG(status), SIGKILL);
  EXPECT_TRUE(deadline.expired());
  EXPECT_GE(waited_s, 0.05);
  EXPECT_LT(waited_s, 5);  // it looks every 100 ms
}

TEST(Watchdog, KillsAWorkerThatIsStopped) {
  const pid_t pid = child_that_waits();
  ASSERT_EQ(kill(pid, SIGSTOP), 0);
  siginfo_t info{};
  ASSERT_EQ(waitid(P_PID, static_cast<id_t>(pid), &info, WSTOPPED), 0);
  const Deadline deadline(pid, 0.01);
  int status = 0;
  ASSERT_EQ(waitpid(pid, &status, 0), pid);
  EXPECT_TRUE(WIFSIGNALED(status));
}

TEST(Watchdog, LeavesAloneWhatIsDoneInTime) {
  const pid_t pid = child_that_waits();
  ASSERT_GT(pid, 0);
  {
    const Deadline deadline(pid, 0.02);
    EXPECT_FALSE(deadline.expired());
  }
  // It looks every 100 ms: after 400 it has looked with the deadline passed.
  const int pidfd = static_cast<int>(syscall(SYS_pidfd_open, pid, 0));
  ASSERT_GE(pidfd, 0);
  pollfd end{pidfd, POLLIN, 0};
  EXPECT_EQ(poll(&end, 1, 400), 0) << "it was killed although it was in time";
  close(pidfd);
  kill(pid, SIGKILL);
  int status = 0;
  waitpid(pid, &status, 0);
}

}  // namespace
}  // namespace aisp
