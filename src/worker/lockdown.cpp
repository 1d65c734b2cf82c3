#include "worker/lockdown.h"

#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "worker/lockdown_landlock.h"
#include "worker/lockdown_seccomp.h"

namespace aisp {
namespace {

// Number of this process's threads; 0 where /proc does not tell.
int thread_count() {
  const int fd = open("/proc/self/stat", O_RDONLY | O_CLOEXEC);
  if (fd < 0) return 0;
  char text[1024];
  const ssize_t n = read(fd, text, sizeof text - 1);
  close(fd);
  if (n <= 0) return 0;
  text[n] = '\0';
  // After the name, which may hold anything, num_threads is the 18th field.
  const char* p = std::strrchr(text, ')');
  for (int field = 2; p != nullptr && field < 20; ++field) p = std::strchr(p + 1, ' ');
  return p == nullptr ? 0 : std::atoi(p + 1);
}

void append_split(std::vector<std::string>& list, const std::string& joined, char separator) {
  for (std::size_t begin = 0; begin <= joined.size();) {
    const std::size_t end = std::min(joined.find(separator, begin), joined.size());
    if (end > begin) list.push_back(joined.substr(begin, end - begin));
    begin = end + 1;
  }
}

// A refusal is one of these; anything else means that the kernel went on to look at the request.
bool refused(long result) {
  return result < 0 && (errno == EPERM || errno == EACCES || errno == ENOSYS || errno == EROFS);
}

}  // namespace

LockdownPaths default_lockdown_paths() {
  LockdownPaths paths;
  paths.read_only = {"/usr",
                     "/lib",
                     "/lib64",
                     "/lib32",
                     "/bin",
                     "/sbin",
                     "/etc/ld.so.cache",
                     "/etc/alternatives",
                     "/sys/devices/system/cpu",
                     "/sys/devices/system/node"};
  paths.devices = {"/dev/null", "/dev/full", "/dev/random", "/dev/urandom"};
  if (const char* own = std::getenv("AISP_SANDBOX_READ"); own != nullptr) {
    append_split(paths.read_only, own, ':');
    for (const char* file : {"/proc/cpuinfo", "/proc/self"}) paths.read_only.push_back(file);
  } else {
    for (const char* dir : {"/aisp", "/proc"}) paths.read_only.push_back(dir);
  }
  if (const char* nodes = std::getenv("AISP_DEVICE_NODES"); nodes != nullptr)
    append_split(paths.ioctl_devices, nodes, '\n');
  if (const char* files = std::getenv("AISP_DEVICE_FILES"); files != nullptr)
    append_split(paths.read_only, files, '\n');
  const char* tmp = std::getenv("TMPDIR");
  paths.read_write = {tmp != nullptr && *tmp == '/' ? tmp : "/tmp"};
  if (!paths.ioctl_devices.empty()) paths.read_write.push_back("/proc/1/task");
  return paths;
}

Status lock_files(const LockdownPaths& paths) {
  if (const int threads = thread_count(); threads > 1)
    return Error{"lock the worker down",
                 std::to_string(threads) + " threads are running",
                 "Landlock would bind only one of them",
                 {}};
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return errno_error("set no_new_privs", "worker");
  if (landlock_abi() > 0) {
    Result<UniqueFd> ruleset = landlock_ruleset(paths, Execute::refused);
    if (!ruleset) return ruleset.error();
    if (landlock_restrict_self(ruleset->get()) != 0) return errno_error("enter Landlock", "worker");
  }
  return success();
}

Status lock_calls(LockdownProfile profile) {
  const bool trace = std::getenv("AISP_TRACE_REFUSED") != nullptr;
  return load_implementation_filter(profile, trace ? RefusedCalls::named : RefusedCalls::silent);
}

Status apply_implementation_lockdown(const LockdownPaths& paths) {
  if (Status s = lock_files(paths); !s) return s;
  return lock_calls(LockdownProfile::cpu);
}

LockdownProbe probe_lockdown(LockdownProfile profile) {
  LockdownProbe probe;
  const auto record = [&](const char* name, bool was_refused) {
    if (was_refused) {
      ++probe.refused;
    } else {
      ++probe.allowed;
      probe.allowed_names.emplace_back(name);
    }
  };
  const auto call = [&](const char* name, long number, auto... arguments) {
    const long result = syscall(number, arguments...);
    record(name, refused(result));
    return result;
  };
  const auto open_and_close = [&](const char* name, const char* path, int flags) {
    const int fd = open(path, flags | O_CLOEXEC, 0600);
    record(name, refused(fd));
    if (fd >= 0) close(fd);
  };

  // The root is readable by its mode, so this one is Landlock's alone.
  open_and_close("landlock: open /", "/", O_RDONLY | O_DIRECTORY);
  open_and_close("write to /usr", "/usr/aisp-probe", O_WRONLY | O_CREAT | O_EXCL);
  call("socket", SYS_socket, AF_UNIX, SOCK_STREAM, 0);
  call("execve", SYS_execve, "/nonexistent", nullptr, nullptr);
  call("ptrace", SYS_ptrace, PTRACE_PEEKDATA, getpid(), nullptr, nullptr);
  call("process_vm_readv", SYS_process_vm_readv, getpid(), nullptr, 0, nullptr, 0, 0);
  call("memfd_create", SYS_memfd_create, "probe", 0);
  call("io_uring_setup", 425L, 1, nullptr);
  call("io_setup", SYS_io_setup, 1, nullptr);
  call("userfaultfd", SYS_userfaultfd, 0);
  call("timer_create", SYS_timer_create, CLOCK_MONOTONIC, nullptr, nullptr);
  call("setitimer", SYS_setitimer, ITIMER_REAL, nullptr, nullptr);
  call("shmget", SYS_shmget, 0, 4096, 0600);
  call("unshare", SYS_unshare, 0);
  call("mount", SYS_mount, nullptr, nullptr, nullptr, 0, nullptr);
  call("bpf", SYS_bpf, 0, nullptr, 0);
  call("perf_event_open", SYS_perf_event_open, nullptr, 0, -1, -1, 0);
  call("keyctl", SYS_keyctl, 0, -3, 0);
  call("setsid", SYS_setsid);
  call("pidfd_open", 434L, getpid(), 0);
  call("personality", SYS_personality, 0xffffffffL);
  call("kill", SYS_kill, getpid(), 0);
  call("SIGCONT to itself", SYS_tgkill, getpid(), getpid(), SIGCONT);
  call("prctl PDEATHSIG", SYS_prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  if (profile == LockdownProfile::cpu) {
    void* shared = mmap(nullptr, 4096, PROT_NONE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    record("shared anonymous memory", shared == MAP_FAILED);
    if (shared != MAP_FAILED) munmap(shared, 4096);
  }
  if (call("fork", SYS_clone, SIGCHLD, nullptr, nullptr, nullptr, nullptr) == 0)
    syscall(SYS_exit_group, 0);
  return probe;
}

}  // namespace aisp
