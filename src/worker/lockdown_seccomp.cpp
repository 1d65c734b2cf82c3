#include "worker/lockdown_seccomp.h"

#include <fcntl.h>
#include <linux/futex.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <initializer_list>
#include <memory>
#include <string>

#include "base/fd.h"
#include "worker/lockdown_trace.h"

namespace aisp {
namespace {

using Filter = std::unique_ptr<void, decltype(&seccomp_release)>;

constexpr std::uint64_t kInt = 0xffffffffu;  // the kernel reads an int: its upper half is anybody's

// Adds rules and remembers the first that failed, so that a list of a hundred reads as a list.
class Rules {
 public:
  explicit Rules(scmp_filter_ctx context) : context_(context) {}

  void calls(std::uint32_t action, std::initializer_list<const char*> names) {
    for (const char* name : names) add(action, name, {});
  }
  void add(std::uint32_t action, const char* name, std::initializer_list<scmp_arg_cmp> when) {
    const int number = seccomp_syscall_resolve_name(name);
    if (number < 0) {  // not of this architecture, or newer than libseccomp: the default holds
      if (number == __NR_SCMP_ERROR || action == SCMP_ACT_ALLOW) return;
    }
    const int code = seccomp_rule_add_array(context_, action, number,
                                            static_cast<unsigned>(when.size()), when.begin());
    if (code != 0 && code != -EEXIST && failed_.empty())
      failed_ = std::string(name) + ": " + std::strerror(-code);
  }
  void allow_when_int(const char* name, unsigned argument,
                      std::initializer_list<std::uint64_t> of) {
    for (const std::uint64_t value : of)
      add(SCMP_ACT_ALLOW, name, {SCMP_CMP64(argument, SCMP_CMP_MASKED_EQ, kInt, value)});
  }
  Status status() const {
    if (failed_.empty()) return success();
    return Error{"build a seccomp filter", failed_, "libseccomp refused the rule", {}};
  }

 private:
  scmp_filter_ctx context_;
  std::string failed_;
};

void allow_plain_calls(Rules& rules) {
  rules.calls(
      SCMP_ACT_ALLOW,
      {// memory
       "brk", "munmap", "mremap", "mprotect", "msync", "mlock", "mlock2", "munlock",
       "set_mempolicy", "get_mempolicy", "membarrier",
       // threads and time
       "exit", "exit_group", "set_robust_list", "get_robust_list", "set_tid_address", "rseq",
       "sched_yield", "sched_getaffinity", "sched_getparam", "sched_getscheduler",
       "sched_get_priority_max", "sched_get_priority_min", "sched_getattr", "getcpu", "nanosleep",
       "clock_nanosleep", "clock_gettime", "clock_getres", "gettimeofday", "time", "times",
       // (no timerfd and no epoll: a timer that wakes hundreds of nested poll sets works in interrupt
       // context, on any process's time, while its owner is stopped)
       // its own signals
       "rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "rt_sigpending", "rt_sigsuspend",
       "rt_sigtimedwait", "sigaltstack", "pause", "restart_syscall",
       // files; Landlock and the read-only root say which
       "open", "openat", "creat", "close", "close_range", "read", "readv", "pread64", "preadv",
       "write", "writev", "pwrite64", "pwritev", "lseek", "fstat", "stat", "lstat", "newfstatat",
       "statx", "statfs", "fstatfs", "access", "faccessat", "faccessat2", "readlink", "readlinkat",
       "getdents64", "getcwd", "chdir", "mkdir", "mkdirat", "rmdir", "unlink", "unlinkat", "rename",
       "renameat", "renameat2", "truncate", "ftruncate", "fsync", "fdatasync", "umask", "dup",
       "dup2", "dup3", "pipe", "pipe2", "eventfd", "eventfd2", "poll", "ppoll", "select",
       "pselect6",
       // who and where am I
       "getpid", "gettid", "getppid", "getuid", "geteuid", "getgid", "getegid", "getgroups",
       "getresuid", "getresgid", "getpgrp", "getpgid", "getsid", "getpriority", "capget", "uname",
       "sysinfo", "getrusage", "getrlimit", "setrlimit", "getrandom"});
}

// What is open here would let a stopped worker run on, or let memory escape its limit.
void allow_some_arguments(Rules& rules, LockdownProfile profile) {
  // Threads only: every flag of pthread_create, and none that makes a process or a namespace.
  constexpr std::uint64_t kThread =
      CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD;
  constexpr std::uint64_t kFree = CLONE_SYSVSEM | CLONE_SETTLS | CLONE_PARENT_SETTID |
                                  CLONE_CHILD_CLEARTID | CLONE_CHILD_SETTID | CLONE_DETACHED;
  rules.add(SCMP_ACT_ALLOW, "clone", {SCMP_CMP64(0, SCMP_CMP_MASKED_EQ, kInt & ~kFree, kThread)});

  // RLIMIT_DATA counts private writable memory. Shared anonymous memory, MAP_GROWSDOWN (a "stack")
  // and huge pages of the common pool are not in it, and the pool is the other worker's too.
  constexpr std::uint64_t kShared = 0x1;  // MAP_SHARED and MAP_SHARED_VALIDATE both have it
  constexpr std::uint64_t kMapMask = kShared | MAP_ANONYMOUS | MAP_GROWSDOWN | MAP_HUGETLB;
  for (const std::uint64_t kind : {std::uint64_t{0}, kShared, std::uint64_t{MAP_ANONYMOUS}})
    rules.add(SCMP_ACT_ALLOW, "mmap", {SCMP_CMP64(3, SCMP_CMP_MASKED_EQ, kMapMask, kind)});

  // The driver pins shared anonymous memory for the host side of its channels and for cuMemAllocHost.
  // Only a control group bounds that.
  if (profile == LockdownProfile::cuda)
    rules.add(SCMP_ACT_ALLOW, "mmap",
              {SCMP_CMP64(3, SCMP_CMP_MASKED_EQ, kMapMask, kShared | MAP_ANONYMOUS)});

  // Without: REMOVE (punches holes in shared buffers), PAGEOUT and COLD (slow the other's pages),
  // MERGEABLE (tells what others hold), HWPOISON, COLLAPSE (takes lent pages out of everybody's page tables,
  // and each worker can count its own).
  rules.allow_when_int(
      "madvise", 2,
      {MADV_NORMAL, MADV_RANDOM, MADV_SEQUENTIAL, MADV_WILLNEED, MADV_DONTNEED, MADV_FREE,
       MADV_DONTFORK, MADV_DOFORK, MADV_HUGEPAGE, MADV_NOHUGEPAGE, MADV_DONTDUMP, MADV_DODUMP,
       22 /* POPULATE_READ */, 23 /* POPULATE_WRITE */});

  // REQUEUE could move the judge's own wait elsewhere; the PI operations are the kernel's most
  // attacked futex code. "Not there" makes pthread_mutex_init refuse PTHREAD_PRIO_INHERIT; after "not permitted" it succeeds, and
  // glibc aborts as soon as somebody has to wait.
  constexpr std::uint64_t kFutexOp = kInt & ~(FUTEX_PRIVATE_FLAG | FUTEX_CLOCK_REALTIME);
  for (const int op : {FUTEX_WAIT, FUTEX_WAKE, FUTEX_WAIT_BITSET, FUTEX_WAKE_BITSET})
    rules.add(SCMP_ACT_ALLOW, "futex",
              {SCMP_CMP64(1, SCMP_CMP_MASKED_EQ, kFutexOp, static_cast<std::uint64_t>(op))});
  for (const int op : {FUTEX_LOCK_PI, FUTEX_UNLOCK_PI, FUTEX_TRYLOCK_PI, 13 /* FUTEX_LOCK_PI2 */})
    rules.add(SCMP_ACT_ERRNO(ENOSYS), "futex",
              {SCMP_CMP64(1, SCMP_CMP_MASKED_EQ, kFutexOp, static_cast<std::uint64_t>(op))});

  // SIGCONT to itself undoes a stop that is on its way, and a stop of its own confuses the judge's:
  // only what abort, cancellation and user handlers need, and only within this process.
  const auto self = static_cast<std::uint64_t>(getpid());
  for (const int signal : {0, SIGABRT, SIGFPE, SIGILL, SIGSEGV, SIGBUS, SIGINT, SIGTERM, SIGUSR1,
                           SIGUSR2, 32 /* pthread_cancel */, 33 /* setxid */})
    rules.add(SCMP_ACT_ALLOW, "tgkill",
              {SCMP_CMP64(0, SCMP_CMP_EQ, self),
               SCMP_CMP64(2, SCMP_CMP_MASKED_EQ, kInt, static_cast<std::uint64_t>(signal))});
  // In a PID namespace of its own every number is one of its own threads.
  if (self == 1) {
    rules.calls(SCMP_ACT_ALLOW, {"sched_setaffinity"});
  } else {
    rules.allow_when_int("sched_setaffinity", 0, {0});
  }
  rules.allow_when_int("prlimit64", 0, {0});

  // Without F_SETOWN and F_SETSIG: they turn "the judge read the pipe" into a SIGCONT. Without
  // F_ADD_SEALS, leases, directory notification, and growing pipes.
  rules.allow_when_int(
      "fcntl", 1,
      {F_DUPFD, F_DUPFD_CLOEXEC, F_GETFD, F_SETFD, F_GETFL, F_SETFL, 1034 /* F_GET_SEALS */});
  // With RWF_NOWAIT they tell what is in the page cache, where whoever reads a file leaves a mark.
  for (const char* name : {"preadv2", "pwritev2"})
    rules.add(SCMP_ACT_ALLOW, name, {SCMP_CMP64(5, SCMP_CMP_MASKED_EQ, kInt, 0)});
  if (profile == LockdownProfile::cuda) {  // what a driver locks or places is not known
    rules.calls(SCMP_ACT_ALLOW, {"flock", "mbind"});
    rules.allow_when_int("fcntl", 1, {F_GETLK, F_SETLK, F_SETLKW, 36 /* F_OFD_GETLK */, 37, 38});
  }
  rules.allow_when_int("ioctl", 1, {TCGETS, TIOCGWINSZ, FIONREAD, FIONBIO, FIOCLEX, FIONCLEX});

  if (profile == LockdownProfile::cuda) {
    // The resource manager's ioctls have type 'F' (nv-ioctl-numbers.h). Those of the unified memory
    // driver are plain small numbers and a pair to begin and end with (uvm_linux_ioctl.h); on a file
    // the small ones are FIBMAP and FIGETBSZ. Landlock says on which nodes.
    constexpr std::uint64_t kTypeMask = 0xff00u;
    rules.add(SCMP_ACT_ALLOW, "ioctl",
              {SCMP_CMP64(1, SCMP_CMP_MASKED_EQ, kTypeMask, std::uint64_t{'F'} << 8)});
    rules.add(SCMP_ACT_ALLOW, "ioctl", {SCMP_CMP64(1, SCMP_CMP_MASKED_EQ, kInt & ~0xffull, 0)});
    rules.allow_when_int("ioctl", 1, {0x30000001, 0x30000002, 2047 /* UVM_IS_8_SUPPORTED */});
  }

  // Without PDEATHSIG, DUMPABLE, MM, PTRACER, SECCOMP, TSC, SCHED_CORE, MEMORY_MERGE …
  rules.allow_when_int("prctl", 0,
                       {PR_SET_NAME, PR_GET_NAME, 0x53564d41 /* PR_SET_VMA */, PR_SET_THP_DISABLE,
                        PR_GET_THP_DISABLE, PR_GET_DUMPABLE, PR_GET_NO_NEW_PRIVS, PR_GET_SECCOMP,
                        PR_CAPBSET_READ, PR_SET_TIMERSLACK, PR_GET_TIMERSLACK, PR_GET_TSC});
  // FS and GS bases, and the AMX state that a kernel must ask for.
  rules.allow_when_int("arch_prctl", 0,
                       {0x1001, 0x1002, 0x1003, 0x1004, 0x1021 /* GET_XCOMP_SUPP */,
                        0x1022 /* GET_XCOMP_PERM */, 0x1023 /* REQ_XCOMP_PERM */, 0x3001});

  // libc falls back to clone and openat, whose arguments a filter can see.
  rules.calls(SCMP_ACT_ERRNO(ENOSYS), {"clone3", "openat2"});
  // Refused by default, and worth a name:
  //   timer_create, mq_notify, rt_(tg)sigqueueinfo, kill, tkill: signals of a number that no filter
  //     sees, sent while the worker is stopped or being stopped; SIGCONT ends a stop (a timer's did
  //     not on Linux 6.18, which is nothing to rely on);
  //   setitimer, alarm: a handler that goes on with the work after run() has returned, in no thread
  //     of its own; neither OpenMP nor BLAS asks for a timer;
  //   io_setup, io_uring_*, vmsplice, splice, userfaultfd, process_vm_*: the kernel, or another,
  //     writes into the worker's memory after the stop;
  //   fork, execve, memfd_*, shm*, sem*, msg*, socket*, ptrace, pidfd_*, seccomp, setns, unshare,
  //     mount and its family, bpf, perf_event_open, keyctl, kcmp, setsid, setpgid, sched_set*;
  //   fadvise64, readahead, sync: the page cache is everybody's;
  //   flock and the locks of fcntl: the place of a lock on a system's file is 63 bits for every other worker;
  //   mbind: the policy of lent memory is kept with it, and read by everybody who has it.
}

Status set_attributes(scmp_filter_ctx context, bool all_threads) {
  // No SSBD: before Linux 5.16 a filter switches speculative store bypass off, which slows exactly
  // the code that is measured; it guards only against attackers within the same address space.
  const struct {
    scmp_filter_attr attribute;
    std::uint32_t value;
  } settings[] = {{SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS},  // int 0x80 and x32
                  {SCMP_FLTATR_CTL_TSYNC, all_threads ? 1u : 0u},
                  {SCMP_FLTATR_CTL_SSB, 1},
                  {SCMP_FLTATR_CTL_OPTIMIZE, 2}};
  for (const auto& setting : settings) {
    const int code = seccomp_attr_set(context, setting.attribute, setting.value);
    if (code != 0)
      return Error{"configure a seccomp filter",
                   "attribute " + std::to_string(setting.attribute),
                   std::strerror(-code),
                   {}};
  }
  return success();
}

}  // namespace

Status load_implementation_filter(LockdownProfile profile, RefusedCalls refused_calls) {
  const bool named = refused_calls == RefusedCalls::named;
  if (named) {
    if (Status s = catch_refused_calls(); !s) return s;
  }
  const Filter filter(seccomp_init(named ? SCMP_ACT_TRAP : SCMP_ACT_ERRNO(EPERM)), seccomp_release);
  if (filter == nullptr) return Error{"create a seccomp filter", {}, "libseccomp failed", {}};
  if (Status s = set_attributes(filter.get(), true); !s) return s;
  Rules rules(filter.get());
  allow_plain_calls(rules);
  allow_some_arguments(rules, profile);
  if (Status s = rules.status(); !s) return s;
  const int code = seccomp_load(filter.get());
  if (code != 0)
    return Error{"load the seccomp filter",
                 {},
                 std::strerror(-code),
                 "the kernel needs CONFIG_SECCOMP_FILTER"};
  return success();
}

Result<std::vector<sock_filter>> compiler_filter() {
  const Filter filter(seccomp_init(SCMP_ACT_ALLOW), seccomp_release);
  if (filter == nullptr) return Error{"create a seccomp filter", {}, "libseccomp failed", {}};
  if (Status s = set_attributes(filter.get(), false); !s) return s.error();
  Rules rules(filter.get());
  rules.calls(SCMP_ACT_ERRNO(EPERM), {"ptrace",
                                      "process_vm_readv",
                                      "process_vm_writev",
                                      "process_madvise",
                                      "pidfd_getfd",
                                      "kcmp",
                                      "mount",
                                      "umount2",
                                      "pivot_root",
                                      "chroot",
                                      "move_mount",
                                      "open_tree",
                                      "fsopen",
                                      "fsmount",
                                      "fsconfig",
                                      "fspick",
                                      "mount_setattr",
                                      "setns",
                                      "unshare",
                                      "name_to_handle_at",
                                      "open_by_handle_at",
                                      "bpf",
                                      "perf_event_open",
                                      "keyctl",
                                      "add_key",
                                      "request_key",
                                      "io_uring_setup",
                                      "io_uring_enter",
                                      "io_uring_register",
                                      "userfaultfd",
                                      "kexec_load",
                                      "kexec_file_load",
                                      "init_module",
                                      "finit_module",
                                      "delete_module",
                                      "reboot",
                                      "swapon",
                                      "swapoff",
                                      "acct",
                                      "quotactl",
                                      "quotactl_fd",
                                      "socket",
                                      "socketpair",
                                      "connect",
                                      "bind",
                                      "listen",
                                      "accept",
                                      "accept4",
                                      "shmget",
                                      "shmat",
                                      "semget",
                                      "msgget",
                                      "mq_open",
                                      "setsid",
                                      "setpgid",
                                      "personality",
                                      "modify_ldt",
                                      "iopl",
                                      "ioperm",
                                      "uselib",
                                      "vhangup",
                                      "syslog",
                                      "settimeofday",
                                      "clock_settime",
                                      "clock_adjtime",
                                      "adjtimex",
                                      "sethostname",
                                      "setdomainname",
                                      "lookup_dcookie",
                                      "nfsservctl",
                                      "fanotify_init",
                                      "memfd_secret",
                                      "move_pages",
                                      "migrate_pages"});
  rules.calls(SCMP_ACT_ERRNO(ENOSYS), {"clone3"});
  constexpr std::uint64_t kNamespaces = CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS |
                                        CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET;
  for (std::uint64_t bit = 1; bit <= kNamespaces; bit <<= 1) {
    if ((kNamespaces & bit) != 0)
      rules.add(SCMP_ACT_ERRNO(EPERM), "clone", {SCMP_CMP64(0, SCMP_CMP_MASKED_EQ, bit, bit)});
  }
  rules.add(SCMP_ACT_ERRNO(EPERM), "ioctl", {SCMP_CMP64(1, SCMP_CMP_MASKED_EQ, kInt, TIOCSTI)});
  if (Status s = rules.status(); !s) return s.error();

  const UniqueFd file(memfd_create("aisp-seccomp", MFD_CLOEXEC));
  if (!file) return errno_error("export a seccomp filter", "memfd");
  if (const int code = seccomp_export_bpf(filter.get(), file.get()); code != 0)
    return Error{"export a seccomp filter", {}, std::strerror(-code), {}};
  const off_t bytes = lseek(file.get(), 0, SEEK_END);
  std::vector<sock_filter> program(static_cast<std::size_t>(bytes) / sizeof(sock_filter));
  if (bytes <= 0 ||
      pread(file.get(), program.data(), program.size() * sizeof(sock_filter), 0) != bytes)
    return errno_error("read back a seccomp filter", "memfd");
  return program;
}

}  // namespace aisp
