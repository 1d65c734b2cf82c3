// The sandbox through the real thing: a hostile guest (sandbox_probe) is started and tries.
#include "worker/sandbox.h"

#include <gtest/gtest.h>
#include <linux/futex.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "base/fd.h"
#include "base/shared_memory.h"
#include "worker/lockdown_landlock.h"

namespace aisp {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr int kSharedFd = 5;

SandboxSpec guest(std::vector<std::string> arguments) {
  SandboxSpec spec;
  spec.argv = {"probe"};
  spec.argv.insert(spec.argv.end(), arguments.begin(), arguments.end());
  spec.executable_host_path = AISP_SANDBOX_PROBE;
  spec.limits.memory_bytes = 256ull << 20;
  spec.limits.max_threads = 64;
  return spec;
}

// Waits for its end, without reaping it; a stuck guest fails the test.
siginfo_t wait_for_end(const SandboxedProcess& process) {
  pollfd event{process.pidfd.get(), POLLIN, 0};
  siginfo_t info{};
  EXPECT_EQ(poll(&event, 1, 30'000), 1) << "the guest did not end";
  waitid(P_PID, static_cast<id_t>(process.pid), &info, WEXITED | WNOWAIT | WNOHANG);
  return info;
}

bool has_line(const std::string& text, const std::string& line) {
  return ("\n" + text).find("\n" + line + "\n") != std::string::npos;
}

struct Outcome {
  siginfo_t end{};
  std::string output;
};

Outcome run(const SandboxSpec& spec) {
  Outcome outcome;
  auto process = start_sandboxed(spec);
  if (!process) {
    ADD_FAILURE() << process.error().message();
    return outcome;
  }
  outcome.end = wait_for_end(*process);
  outcome.output = process->read_output();
  return outcome;
}

// The first line that a running guest says.
std::string read_line(SandboxedProcess& process) {
  std::string text;
  while (text.find('\n') == std::string::npos) {
    pollfd event{process.output.get(), POLLIN, 0};
    if (poll(&event, 1, 30'000) != 1) break;
    const std::string more = process.read_output();
    if (more.empty()) break;
    text += more;
  }
  return text.substr(0, text.find('\n'));
}

Protection find(const std::vector<Protection>& list, const std::string& name) {
  for (const Protection& p : list) {
    if (p.name == name) return p;
  }
  return {name, false, "not reported"};
}

bool active(const SandboxedProcess& process, const std::string& name) {
  return find(process.protections, name).active;
}

// Skips, saying what this machine lacks.
#define AISP_NEEDS(process, name)                         \
  if (!active(process, name))                             \
  GTEST_SKIP() << "not on this machine: " << name << " (" \
               << find((process).protections, name).detail << ")"

TEST(Sandbox, ReportsItsProtectionsAsTheKernelShowsThem) {
  auto process = start_sandboxed(guest({"wait"}));
  ASSERT_TRUE(process) << process.error().message();
  for (const Protection& p : process->protections)
    std::printf("  %-22s %-3s %s\n", p.name.c_str(), p.active ? "yes" : "NO", p.detail.c_str());
  EXPECT_TRUE(active(*process, "no new privileges"));
  EXPECT_TRUE(active(*process, "capabilities dropped"));
  EXPECT_TRUE(active(*process, "file limits"));
  EXPECT_FALSE(active(*process, "seccomp")) << "the agent has not locked itself down yet";
  if (!process->missing_namespaces.empty())
    GTEST_SKIP() << "no namespaces: " << process->missing_namespaces;
  for (const char* name : {"pid namespace", "network namespace", "ipc namespace", "uts namespace",
                           "cgroup namespace", "other user", "no other groups", "process limit"})
    EXPECT_TRUE(active(*process, name)) << name;
  if (!process->missing_mounts.empty()) GTEST_SKIP() << "no mounts: " << process->missing_mounts;
  for (const char* name : {"mount namespace", "read-only root", "private /tmp"})
    EXPECT_TRUE(active(*process, name)) << name;
}

TEST(Sandbox, SeesNothingOfWhereItCameFrom) {
  ASSERT_EQ(setenv("AISP_TEST_SECRET", "1", 1), 0);
  const UniqueFd leaked(dup(1));  // not close-on-exec
  auto memory = SharedMemory::create("lent", 4096, SharedMemory::Access::worker_writes);
  ASSERT_TRUE(memory);
  SandboxSpec spec = guest({"look"});
  spec.fds = {{memory->fd(), kSharedFd}};
  auto process = start_sandboxed(spec);
  ASSERT_TRUE(process) << process.error().message();
  AISP_NEEDS(*process, "private /tmp");
  wait_for_end(*process);
  EXPECT_EQ(process->read_output(),
            "env PATH=/usr/local/bin:/usr/bin:/bin\nenv HOME=/tmp\nenv TMPDIR=/tmp\n"
            "env LANG=C.UTF-8\nenv GLIBC_TUNABLES=glibc.rtld.optional_static_tls=16384\ncwd "
            "/tmp\nhost aisp\npid 1 parent 0\nfd 0\nfd 1\nfd 2\nfd 5\n");
}

TEST(Sandbox, OpensNoFileOfTheJudge) {
  const std::string judge = "/proc/" + std::to_string(getpid());
  const std::vector<std::string> paths = {judge + "/mem",
                                          judge + "/maps",
                                          judge + "/environ",
                                          judge + "/fd/1",
                                          AISP_SOURCE_DIR,
                                          AISP_SANDBOX_PROBE,
                                          "/root",
                                          "/home",
                                          "/var",
                                          "/etc/passwd",
                                          "/etc/shadow",
                                          "/proc/kcore",
                                          "/proc/self/fd",
                                          "/proc/self/mem",
                                          "/proc/1/root",
                                          "/proc/self/task",
                                          "/dev/mem",
                                          "/dev/zero",
                                          "/sys/fs/cgroup",
                                          "/sys/kernel",
                                          "/proc/self/environ",
                                          "/dev/shm",
                                          "/sys/devices/system/cpu/cpu0/cpuidle/state0/usage",
                                          "/sys/devices/system/cpu/cpu0/cpuidle/state1/time",
                                          "/sys/devices/system/cpu/cpufreq/policy0",
                                          AISP_SOURCE_DIR "/CMakeLists.txt"};
  SandboxSpec spec = guest({"files"});
  spec.argv.insert(spec.argv.end(), paths.begin(), paths.end());
  auto process = start_sandboxed(spec);
  ASSERT_TRUE(process) << process.error().message();
  AISP_NEEDS(*process, "mount namespace");
  wait_for_end(*process);
  const std::string output = process->read_output();
  for (const std::string& path : paths) EXPECT_TRUE(has_line(output, path + ": ENOENT")) << path;
  for (const char* path : {"/aisp-x", "/usr/aisp-x", "/etc/aisp-x", "/aisp/x", "/dev/aisp-x",
                           "/proc/aisp-x", "/sys/devices/system/cpu/online"}) {
    const std::string line = std::string("write ") + path;
    EXPECT_TRUE(has_line(output, line + ": EROFS") || has_line(output, line + ": EACCES")) << line;
  }
  EXPECT_TRUE(has_line(output, "write /tmp: worked"));
}

TEST(Sandbox, LockdownRefusesAllThatTheAgentProbes) {
  if (landlock_abi() == 0) GTEST_SKIP() << "not on this machine: Landlock";
  EXPECT_EQ(run(guest({"probe"})).output, "refused 26 allowed 0\n");
}

TEST(Sandbox, LockdownRefusesWhatAnAttackerWouldTry) {
  auto memory = SharedMemory::create("lent", 4096, SharedMemory::Access::worker_reads);
  ASSERT_TRUE(memory);
  SandboxSpec spec = guest({"attack"});
  spec.fds = {{memory->fd(), kSharedFd}};
  auto process = start_sandboxed(spec);
  ASSERT_TRUE(process) << process.error().message();
  wait_for_end(*process);
  const std::string output = process->read_output();
  EXPECT_TRUE(has_line(output, "attack done")) << output;
  std::stringstream lines(output);
  int count = 0;
  for (std::string line; std::getline(lines, line);) {
    const std::size_t colon = line.rfind(": ");
    if (colon == std::string::npos) continue;
    ++count;
    const std::string name = line.substr(0, colon);
    const std::string result = line.substr(colon + 2);
    if (name == "clone3" || name == "openat2" || name == "futex lock_pi") {
      EXPECT_EQ(result, "ENOSYS") << name;
    } else if ((name == "open the lent memory again" || name.ends_with("maps")) &&
               !active(*process, "mount namespace")) {
      // The host's /proc cannot be replaced there: only the seal protects the memory, and its maps can be read.
    } else if (name.rfind("open ", 0) == 0) {
      EXPECT_TRUE(result == "EACCES" || result == "ENOENT") << line;
    } else {
      EXPECT_EQ(result, "EPERM") << name;
    }
  }
  EXPECT_EQ(count, 54);
}

TEST(Sandbox, HonestKernelsWorkUnderLockdown) {
  auto memory = SharedMemory::create("lent", 4096, SharedMemory::Access::worker_writes);
  ASSERT_TRUE(memory);
  auto* word = reinterpret_cast<std::atomic<std::uint32_t>*>(memory->data());
  SandboxSpec spec = guest({"honest"});
  spec.fds = {{memory->fd(), kSharedFd}};
  auto process = start_sandboxed(spec);
  ASSERT_TRUE(process) << process.error().message();
  // The futex hand-over in both directions, on a page of a memfd.
  const timespec limit{20, 0};
  while (word[1] == 0) {
    if (syscall(SYS_futex, &word[1], FUTEX_WAIT, 0, &limit, nullptr, 0) != 0 && errno == ETIMEDOUT)
      break;
  }
  word[0] = 1;
  syscall(SYS_futex, &word[0], FUTEX_WAKE, 1, nullptr, nullptr, 0);
  const siginfo_t end = wait_for_end(*process);
  EXPECT_EQ(end.si_code, CLD_EXITED);
  EXPECT_EQ(process->read_output(), "broken 0\n");
}

// /dev/zero stands for a GPU's node: a character device that workers are not given by default.
TEST(Sandbox, AGpusNodesAndFilesAreThereAndNothingElseOfThem) {
  SandboxSpec spec = guest({"files", "/dev/zero", "/dev/tty", "/proc/modules", "/proc/devices",
                            "/sys/kernel/mm/transparent_hugepage/enabled", "/sys/kernel/mm"});
  Outcome outcome = run(spec);
  {
    auto process = start_sandboxed(guest({"wait"}));
    ASSERT_TRUE(process) << process.error().message();
    AISP_NEEDS(*process, "mount namespace");
    AISP_NEEDS(*process, "read-only root");
  }
  EXPECT_TRUE(has_line(outcome.output, "/dev/zero: ENOENT")) << outcome.output;
  EXPECT_TRUE(has_line(outcome.output, "/proc/devices: ENOENT")) << outcome.output;

  spec.device.nodes = {"/dev/zero", "/dev/no-such-gpu"};
  spec.device.files = {"/sys/kernel/mm/transparent_hugepage/enabled", "/usr/share",
                       "/no/such/file"};
  spec.device.proc_files = {"devices", "driver/no/such/file"};
  spec.environment = {"CUDA_CACHE_DISABLE=1"};
  outcome = run(spec);
  EXPECT_TRUE(has_line(outcome.output, "/dev/zero: worked")) << outcome.output;
  EXPECT_TRUE(has_line(outcome.output, "/dev/tty: ENOENT")) << outcome.output;
  EXPECT_TRUE(has_line(outcome.output, "/proc/devices: worked")) << outcome.output;
  EXPECT_TRUE(has_line(outcome.output, "/proc/modules: ENOENT")) << outcome.output;
  if (fs::exists("/sys/kernel/mm/transparent_hugepage/enabled")) {
    EXPECT_TRUE(has_line(outcome.output, "/sys/kernel/mm/transparent_hugepage/enabled: worked"))
        << outcome.output;
  }

  spec.argv = {"probe", "look"};
  EXPECT_TRUE(has_line(run(spec).output, "env CUDA_CACHE_DISABLE=1"));
  spec.device.nodes = {"/etc/passwd"};
  EXPECT_FALSE(start_sandboxed(spec));
}

// The driver's requests pass, on its own node; everything else stays refused, on threads too that
// the driver has started before the filter.
TEST(Sandbox, TheLockdownOfAGpuOpensTheDriversRequestsAlone) {
  SandboxSpec spec = guest({"gpu-probe", "/dev/zero"});
  spec.device.nodes = {"/dev/zero"};
  const Outcome outcome = run(spec);
  const auto says = [&](const char* line) {
    EXPECT_TRUE(has_line(outcome.output, line)) << line << " is not in\n" << outcome.output;
  };
  says("socket in the driver's thread: EPERM");
  if (landlock_abi() > 0) {  // opening / is what only Landlock refuses
    EXPECT_NE(outcome.output.find(" allowed 0\n"), std::string::npos) << outcome.output;
  }
  says("pinned memory: worked");
  says("mmap hugetlb: EPERM");
  says("node: worked");
  says("resource manager: ENOTTY");
  says("unified memory: ENOTTY");
  says("begin unified memory: ENOTTY");
  says("TIOCSTI: EPERM");
  says("FIOASYNC: EPERM");
  says("fcntl F_SETSIG: EPERM");
}

TEST(Sandbox, RefusedCallsCanBeNamedAndAreRefusedAllTheSame) {
  SandboxSpec spec = guest({"gpu-probe", "/dev/zero"});
  spec.device.nodes = {"/dev/zero"};
  spec.environment = {"AISP_TRACE_REFUSED=1"};
  const Outcome outcome = run(spec);
  EXPECT_NE(outcome.output.find("refused: system call 41 0x1 0x1 "), std::string::npos)  // socket
      << outcome.output;
  EXPECT_TRUE(has_line(outcome.output, "socket in the driver's thread: EPERM")) << outcome.output;
  if (landlock_abi() > 0) {
    EXPECT_NE(outcome.output.find(" allowed 0\n"), std::string::npos) << outcome.output;
  }
}

TEST(Sandbox, SeccompIsSeenFromOutsideAfterTheLockdown) {
  auto memory = SharedMemory::create("lent", 1 << 16, SharedMemory::Access::worker_writes);
  ASSERT_TRUE(memory);
  SandboxSpec spec = guest({"spin"});
  spec.fds = {{memory->fd(), kSharedFd}};
  auto process = start_sandboxed(spec);
  ASSERT_TRUE(process) << process.error().message();
  const auto* counter = reinterpret_cast<std::atomic<std::uint64_t>*>(memory->data());
  while (*counter == 0) sched_yield();
  EXPECT_TRUE(find(observe_protections(*process), "seccomp").active);
}

// Stopped, confirmed, and not a step further, whatever it tries.
void expect_stops(const char* mode) {
  auto memory = SharedMemory::create("lent", 1 << 16, SharedMemory::Access::worker_writes);
  ASSERT_TRUE(memory);
  SandboxSpec spec = guest({mode});
  spec.fds = {{memory->fd(), kSharedFd}};
  auto process = start_sandboxed(spec);
  ASSERT_TRUE(process) << process.error().message();
  const auto* counters = reinterpret_cast<std::atomic<std::uint64_t>*>(memory->data());
  std::uint64_t before[8];
  const auto remember = [&] {
    for (int i = 0; i < 8; ++i) before[i] = counters[8 * i];
  };
  std::vector<double> stops_us;
  for (int round = 0; round < 20; ++round) {
    remember();
    for (int i = 0; i < 8; ++i)
      while (counters[8 * i] == before[i]) sched_yield();
    const auto begin = Clock::now();
    ASSERT_EQ(kill(process->pid, SIGSTOP), 0);
    siginfo_t info{};
    ASSERT_EQ(waitid(P_PID, static_cast<id_t>(process->pid), &info, WSTOPPED | WEXITED), 0);
    stops_us.push_back(std::chrono::duration<double, std::micro>(Clock::now() - begin).count());
    ASSERT_EQ(info.si_code, CLD_STOPPED);
    remember();
    const auto until = Clock::now() + std::chrono::milliseconds(2);
    while (Clock::now() < until) sched_yield();
    for (int i = 0; i < 8; ++i) ASSERT_EQ(counters[8 * i], before[i]);
    ASSERT_EQ(kill(process->pid, SIGCONT), 0);
  }
  std::sort(stops_us.begin(), stops_us.end());
  std::printf("  stop confirmed after %.0f us (median), %.0f us (max), 8 busy threads\n",
              stops_us[10], stops_us.back());
}

TEST(Sandbox, StopsEightBusyThreads) { expect_stops("spin"); }
TEST(Sandbox, StopsAWorkerThatResists) { expect_stops("resist"); }

TEST(Sandbox, MemoryHogIsRefusedOrKilled) {
  SandboxSpec spec = guest({"hog"});
  spec.limits.max_threads = 1;
  const Outcome outcome = run(spec);
  if (outcome.end.si_code == CLD_KILLED) {  // the cgroup counts page tables too, and is first
    EXPECT_EQ(outcome.end.si_status, SIGKILL);
  } else {
    EXPECT_EQ(outcome.output.rfind("refused after 2", 0), 0u) << outcome.output;  // 256 + 8 MiB
  }
}

TEST(Sandbox, MemoryHogThatHidesIsKilledByTheControlGroup) {
  auto process = start_sandboxed(guest({"hog-hidden"}));
  ASSERT_TRUE(process) << process.error().message();
  AISP_NEEDS(*process, "memory limit");
  const siginfo_t end = wait_for_end(*process);
  EXPECT_EQ(end.si_code, CLD_KILLED);
  EXPECT_EQ(end.si_status, SIGKILL);
  EXPECT_GE(process->cgroup.oom_kills().value_or(0), 1u);
  const std::uint64_t peak = process->cgroup.peak_memory_bytes().value_or(0);
  EXPECT_GT(peak, 250ull << 20);
  EXPECT_LE(peak, 256ull << 20);
}

TEST(Sandbox, ThreadBombIsBounded) {
  auto process = start_sandboxed(guest({"threads"}));
  ASSERT_TRUE(process) << process.error().message();
  AISP_NEEDS(*process, "process limit");
  EXPECT_EQ(read_line(*process), "threads 64");
}

TEST(Sandbox, ForkBombOfACompilerIsBoundedAndDiesWithIt) {
  SandboxSpec spec = guest({"forks"});
  spec.profile = SandboxProfile::compiler;
  auto process = start_sandboxed(spec);
  ASSERT_TRUE(process) << process.error().message();
  AISP_NEEDS(*process, "process limit");
  AISP_NEEDS(*process, "pid namespace");
  EXPECT_TRUE(active(*process, "seccomp"));
  EXPECT_EQ(read_line(*process), "processes 64");
  std::vector<pid_t> children;
  const std::string pid = std::to_string(process->pid);
  std::ifstream in("/proc/" + pid + "/task/" + pid + "/children");
  for (pid_t child; in >> child;) children.push_back(child);
  EXPECT_TRUE(children.size() == 63 || children.empty());  // some kernels do not list them
  kill_and_reap(*process);
  for (const pid_t child : children) EXPECT_EQ(kill(child, 0), -1);
}

TEST(Sandbox, CpuTimeIsBounded) {
  SandboxSpec spec = guest({"burn"});
  spec.limits.cpu_seconds = 1;
  EXPECT_EQ(run(spec).end.si_code, CLD_KILLED);
}

TEST(Sandbox, ACrashEndsTheWorkerOnly) {
  const Outcome aborted = run(guest({"abort"}));
  EXPECT_TRUE(aborted.end.si_code == CLD_KILLED || aborted.end.si_code == CLD_DUMPED);
  std::printf("  abort() ends as signal %d\n", aborted.end.si_status);
  const Outcome left = run(guest({"exit"}));
  EXPECT_EQ(left.end.si_code, CLD_EXITED);
  EXPECT_EQ(left.end.si_status, 7);
}

TEST(Sandbox, AnUnreadPipeDoesNotHoldAnImplementationUp) {
  const Outcome outcome = run(guest({"shout"}));
  EXPECT_EQ(outcome.end.si_status, 7);
  EXPECT_EQ(outcome.output.size(), 64u << 10);
}

TEST(Sandbox, LeavesNoControlGroupAndNoMountBehind) {
  const auto mounts = [] {
    std::ifstream in("/proc/self/mountinfo");
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
  };
  const std::string before = mounts();
  std::vector<std::string> directories;
  pid_t pid = 0;
  {
    auto process = start_sandboxed(guest({"wait"}));
    ASSERT_TRUE(process) << process.error().message();
    directories = process->cgroup.directories();
    pid = process->pid;
    for (const std::string& d : directories) EXPECT_TRUE(fs::exists(d)) << d;
  }
  for (const std::string& d : directories) EXPECT_FALSE(fs::exists(d)) << d;
  EXPECT_EQ(mounts(), before);
  EXPECT_EQ(kill(pid, 0), -1);
}

TEST(Sandbox, RemovesTheControlGroupsOfDeadJudges) {
  auto first = start_sandboxed(guest({"wait"}));
  ASSERT_TRUE(first) << first.error().message();
  if (first->cgroup.directories().empty()) GTEST_SKIP() << first->cgroup.missing();
  const pid_t dead = fork();
  if (dead == 0) _exit(0);
  waitpid(dead, nullptr, 0);
  const fs::path stale = fs::path(first->cgroup.directories().front()).parent_path() /
                         ("aisp-" + std::to_string(dead) + "-0");
  ASSERT_EQ(mkdir(stale.c_str(), 0755), 0);
  auto second = start_sandboxed(guest({"wait"}));
  ASSERT_TRUE(second) << second.error().message();
  EXPECT_FALSE(fs::exists(stale));
  for (const std::string& d : first->cgroup.directories()) EXPECT_TRUE(fs::exists(d)) << d;
}

// Neither of the two writes that let a child go on may raise SIGPIPE, which would end this test.
TEST(Sandbox, AChildThatIsShotWhileItStartsIsAnErrorAndNoSignal) {
  const std::string children = "/proc/self/task/" + std::to_string(gettid()) + "/children";
  if (!std::ifstream(children)) GTEST_SKIP() << "not on this machine: " << children;
  std::atomic<bool> done{false};
  std::atomic<int> shots{0};
  std::thread gun([&] {
    while (!done) {
      std::ifstream list(children);
      for (pid_t child = 0; list >> child;) shots += kill(child, SIGKILL) == 0;
    }
  });
  int broken_pipes = 0;
  const auto until = Clock::now() + std::chrono::seconds(20);
  for (int i = 0; broken_pipes < 3 && Clock::now() < until; ++i) {
    SandboxSpec spec = guest({"wait"});
    if (i % 2 == 0) spec.profile = SandboxProfile::compiler;
    const auto process = start_sandboxed(spec);
    if (!process && process.error().why == std::strerror(EPIPE)) ++broken_pipes;
  }
  done = true;
  gun.join();
  EXPECT_GT(shots, 0);
  EXPECT_EQ(broken_pipes, 3);
}

TEST(Sandbox, DiesWithItsJudge) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  const pid_t judge = fork();
  if (judge == 0) {
    dup2(ends[1], 1);
    execl(AISP_SANDBOX_PROBE, AISP_SANDBOX_PROBE, "judge", nullptr);
    _exit(127);
  }
  close(ends[1]);
  char text[256] = {};
  ASSERT_GT(read(ends[0], text, sizeof text - 1), 0);
  close(ends[0]);
  const pid_t worker = std::atoi(text);
  ASSERT_GT(worker, 0) << text;
  const UniqueFd pidfd(static_cast<int>(syscall(SYS_pidfd_open, worker, 0)));
  ASSERT_TRUE(pidfd);
  kill(judge, SIGKILL);
  waitpid(judge, nullptr, 0);
  pollfd event{pidfd.get(), POLLIN, 0};
  EXPECT_EQ(poll(&event, 1, 10'000), 1) << "the worker outlived its judge";
}

TEST(Sandbox, ACompilerCompilesIntoItsOneWritableDirectory) {
  if (access("/usr/bin/g++", X_OK) != 0) GTEST_SKIP() << "not on this machine: g++";
  char pattern[] = "/tmp/aisp-test-XXXXXX";
  ASSERT_NE(mkdtemp(pattern), nullptr);
  const std::string directory = pattern;
  ASSERT_EQ(chmod(pattern, 0755), 0);
  fs::create_directory(directory + "/out");
  std::ofstream(directory + "/k.cpp") << "#include <vector>\nint f() { return 1; }\n";
  SandboxSpec spec;
  spec.profile = SandboxProfile::compiler;
  spec.executable_host_path = "/usr/bin/g++";
  spec.argv = {"g++", "-O2", "-shared", "-fPIC", "-fopenmp", "/aisp/k.cpp", "-o", "/out/k.so"};
  spec.binds = {{directory + "/k.cpp", "/aisp/k.cpp"}, {directory + "/out", "/out", true}};
  spec.limits.max_threads = 32;
  const Outcome outcome = run(spec);
  EXPECT_EQ(outcome.end.si_code, CLD_EXITED);
  EXPECT_EQ(outcome.end.si_status, 0) << outcome.output;
  EXPECT_TRUE(fs::exists(directory + "/out/k.so"));
  fs::remove_all(directory);
}

TEST(Sandbox, SaysWhatItCannotStart) {
  SandboxSpec spec = guest({"exit"});
  spec.executable_host_path = "/nonexistent/agent";
  const auto missing = start_sandboxed(spec);
  ASSERT_FALSE(missing);
  EXPECT_NE(missing.error().message().find("/nonexistent/agent"), std::string::npos);
  spec = guest({"exit"});
  spec.binds = {{"/etc", "/usr/lib/etc"}};
  EXPECT_FALSE(start_sandboxed(spec));
  spec.binds = {{"/nonexistent/kernel.so", "/aisp/implementation.so"}};
  EXPECT_FALSE(start_sandboxed(spec));
}

TEST(Sandbox, StartsQuickly) {
  std::vector<double> times_ms;
  for (int i = 0; i < 21; ++i) {
    const auto begin = Clock::now();
    auto process = start_sandboxed(guest({"wait"}));
    const auto end = Clock::now();
    ASSERT_TRUE(process) << process.error().message();
    times_ms.push_back(std::chrono::duration<double, std::milli>(end - begin).count());
  }
  std::sort(times_ms.begin(), times_ms.end());
  std::printf("  start-up %.2f ms (median), %.2f ms (max)\n", times_ms[10], times_ms.back());
  EXPECT_LT(times_ms[10], 1000);  // a broken wait, not a slow machine
}

}  // namespace
}  // namespace aisp
