// A hostile guest: started inside the sandbox by sandbox_test.cpp, it tries what it should not be
// able to do, and says on stdout what came of it. "judge" is the exception: it runs outside.
#include <dlfcn.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include "worker/lockdown.h"
#include "worker/sandbox.h"

extern char** environ;

namespace {

constexpr int kSharedFd = 5;

void say(const std::string& line) {
  const std::string text = line + "\n";
  if (write(1, text.data(), text.size()) < 0) _exit(3);
}

std::string name_of(long result) {
  return result >= 0 ? "worked" : std::string(strerrorname_np(errno));
}

template <class... Arguments>
void attempt(const char* name, long number, Arguments... arguments) {
  const long result = syscall(number, arguments...);
  say(std::string(name) + ": " + name_of(result));
}

void lock_down() {
  if (const aisp::Status s = aisp::apply_implementation_lockdown(); !s) {
    say("lockdown failed: " + s.error().message());
    _exit(4);
  }
}

int look_around() {
  for (char** e = environ; *e != nullptr; ++e) say(std::string("env ") + *e);
  char text[256] = {};
  say(std::string("cwd ") + (getcwd(text, sizeof text) != nullptr ? text : "?"));
  gethostname(text, sizeof text);
  say(std::string("host ") + text);
  say("pid " + std::to_string(getpid()) + " parent " + std::to_string(getppid()));
  for (int fd = 0; fd < 4096; ++fd) {
    if (fcntl(fd, F_GETFD) >= 0) say("fd " + std::to_string(fd));
  }
  return 0;
}

int open_files(int count, char** paths) {
  for (int i = 0; i < count; ++i) {
    const int fd = open(paths[i], O_RDONLY);
    say(std::string(paths[i]) + ": " + name_of(fd));
  }
  for (const char* path : {"/aisp-x", "/usr/aisp-x", "/etc/aisp-x", "/aisp/x", "/dev/aisp-x",
                           "/proc/aisp-x", "/sys/devices/system/cpu/online"})
    say(std::string("write ") + path + ": " + name_of(open(path, O_WRONLY | O_CREAT, 0600)));
  const int fd = open("/tmp/fine", O_RDWR | O_CREAT, 0600);
  say("write /tmp: " + name_of(fd));
  return 0;
}

int probe() {
  lock_down();
  const aisp::LockdownProbe seen = aisp::probe_lockdown();
  say("refused " + std::to_string(seen.refused) + " allowed " + std::to_string(seen.allowed));
  for (const std::string& name : seen.allowed_names) say("allowed: " + name);
  return 0;
}

// As the agent of a GPU does it: files first, then a driver that starts threads, then the calls.
int gpu_probe(const char* node) {
  if (const aisp::Status s = aisp::lock_files(); !s) say("lock_files: " + s.error().message());
  std::atomic<int> stage{0};
  std::thread of_driver([&stage] {
    while (stage == 0) sched_yield();
    attempt("socket in the driver's thread", SYS_socket, 1, 1, 0);
    stage = 2;
    while (stage != 3) sched_yield();
  });
  if (const aisp::Status s = aisp::lock_calls(aisp::LockdownProfile::cuda); !s)
    say("lock_calls: " + s.error().message());
  stage = 1;
  while (stage != 2) sched_yield();
  const aisp::LockdownProbe seen = aisp::probe_lockdown(aisp::LockdownProfile::cuda);
  say("refused " + std::to_string(seen.refused) + " allowed " + std::to_string(seen.allowed));
  for (const std::string& name : seen.allowed_names) say("allowed: " + name);
  attempt("pinned memory", SYS_mmap, nullptr, 4096, PROT_READ | PROT_WRITE,
          MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  attempt("mmap hugetlb", SYS_mmap, nullptr, 2 << 20, PROT_READ,
          MAP_SHARED | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0);
  const int fd = open(node, O_RDWR | O_CLOEXEC);
  say("node: " + name_of(fd));
  // ENOTTY comes from the device: the request has passed the filter and Landlock.
  attempt("resource manager", SYS_ioctl, fd, 0xc020462a, nullptr);
  attempt("unified memory", SYS_ioctl, fd, 27, nullptr);
  attempt("begin unified memory", SYS_ioctl, fd, 0x30000001, nullptr);
  attempt("TIOCSTI", SYS_ioctl, fd, 0x5412, nullptr);
  attempt("FIOASYNC", SYS_ioctl, fd, 0x5452, nullptr);
  attempt("fcntl F_SETSIG", SYS_fcntl, 1, F_SETSIG, SIGCONT);
  stage = 3;
  of_driver.join();
  return 0;
}

int attack() {
  lock_down();
  constexpr long kThread = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD;
  constexpr long kUpperHalf = 0x100000000;
  attempt("clone newuser", SYS_clone, kThread | CLONE_NEWUSER, 0, 0, 0, 0);
  attempt("clone vfork", SYS_clone, CLONE_VM | CLONE_VFORK | SIGCHLD, 0, 0, 0, 0);
  attempt("clone upper half", SYS_clone, kUpperHalf | SIGCHLD, 0, 0, 0, 0);
  attempt("clone3", 435, nullptr, 0);
  attempt("openat2", 437, AT_FDCWD, "/", nullptr, 0);
  attempt("tkill SIGCONT", SYS_tkill, getpid(), SIGCONT);
  attempt("tgkill SIGCONT", SYS_tgkill, getpid(), getpid(), SIGCONT);
  attempt("tgkill SIGCONT upper", SYS_tgkill, getpid(), getpid(), kUpperHalf | SIGCONT);
  attempt("tgkill SIGSTOP", SYS_tgkill, getpid(), getpid(), SIGSTOP);
  attempt("rt_sigqueueinfo", SYS_rt_sigqueueinfo, getpid(), SIGCONT, nullptr);
  const itimerval soon{{0, 0}, {0, 1}};
  attempt("setitimer", SYS_setitimer, ITIMER_REAL, &soon, nullptr);
  attempt("setitimer CPU time", SYS_setitimer, ITIMER_PROF, &soon, nullptr);
  attempt("alarm", SYS_alarm, 1);
  attempt("fcntl F_SETOWN", SYS_fcntl, 1, F_SETOWN, getpid());
  attempt("fcntl F_SETSIG", SYS_fcntl, 1, F_SETSIG, SIGCONT);
  attempt("fcntl F_SETSIG upper", SYS_fcntl, 1, kUpperHalf | F_SETSIG, SIGCONT);
  attempt("fcntl F_ADD_SEALS", SYS_fcntl, kSharedFd, F_ADD_SEALS, F_SEAL_GROW);
  attempt("ioctl FIOASYNC", SYS_ioctl, 1, 0x5452, nullptr);
  attempt("mmap shared", SYS_mmap, nullptr, 4096, PROT_READ, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  attempt("mmap shared validate", SYS_mmap, nullptr, 4096, PROT_READ, 3 | MAP_ANONYMOUS, -1, 0);
  attempt("mmap growsdown", SYS_mmap, nullptr, 4096, PROT_READ,
          MAP_PRIVATE | MAP_ANONYMOUS | MAP_GROWSDOWN, -1, 0);
  attempt("mmap hugetlb", SYS_mmap, nullptr, 2 << 20, PROT_READ,
          MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0);
  attempt("madvise remove", SYS_madvise, nullptr, 0, MADV_REMOVE);
  attempt("madvise collapse", SYS_madvise, nullptr, 0, 25);
  attempt("futex requeue", SYS_futex, nullptr, FUTEX_CMP_REQUEUE, 0, nullptr, nullptr, 0);
  attempt("futex lock_pi", SYS_futex, nullptr, FUTEX_LOCK_PI, 0, nullptr, nullptr, 0);
  attempt("prctl dumpable", SYS_prctl, PR_SET_DUMPABLE, 1, 0, 0, 0);
  attempt("prctl pdeathsig", SYS_prctl, PR_SET_PDEATHSIG, 0, 0, 0, 0);
  attempt("prctl set_mm", SYS_prctl, PR_SET_MM, 0, 0, 0, 0);
  attempt("prctl seccomp", SYS_prctl, PR_SET_SECCOMP, 2, nullptr, 0, 0);
  attempt("seccomp", SYS_seccomp, 1, 0, nullptr);
  attempt("prlimit other", SYS_prlimit64, 2, 0, nullptr, nullptr);
  attempt("sched_setscheduler", SYS_sched_setscheduler, 0, 0, nullptr);
  attempt("vmsplice", SYS_vmsplice, 1, nullptr, 0, 0);
  attempt("splice", SYS_splice, 0, nullptr, 1, nullptr, 0, 0);
  attempt("semget", SYS_semget, 0, 1, 0600);
  attempt("msgget", SYS_msgget, 0, 0600);
  attempt("mq_open", SYS_mq_open, "q", O_CREAT, 0600, nullptr);
  attempt("symlink", SYS_symlink, "/", "/tmp/l");
  attempt("chmod", SYS_chmod, "/tmp", 0777);
  attempt("fork", SYS_fork);
  attempt("vfork", SYS_vfork);
  attempt("execveat", SYS_execveat, 0, "", nullptr, nullptr, AT_EMPTY_PATH);
  struct flock lock {};
  attempt("flock", SYS_flock, 1, 1 /* LOCK_SH */);
  attempt("fcntl F_SETLK", SYS_fcntl, 1, F_SETLK, &lock);
  attempt("fcntl F_OFD_SETLK", SYS_fcntl, 1, 37, &lock);
  attempt("fcntl F_OFD_GETLK", SYS_fcntl, 1, 36, &lock);
  attempt("mbind", SYS_mbind, nullptr, 0, 0, nullptr, 0, 0);
  attempt("preadv2 NOWAIT", SYS_preadv2, 0, nullptr, 0, 0, 0, 8);
  attempt("open /proc/self/smaps", SYS_openat, AT_FDCWD, "/proc/self/smaps", O_RDONLY, 0);
  attempt("open /proc/self/numa_maps", SYS_openat, AT_FDCWD, "/proc/self/numa_maps", O_RDONLY, 0);
  attempt("open /proc/1/mem", SYS_openat, AT_FDCWD, "/proc/1/mem", O_RDWR, 0);
  attempt("open the lent memory again", SYS_openat, AT_FDCWD, "/proc/self/fd/5", O_RDWR, 0);
  attempt("open /proc/2", SYS_openat, AT_FDCWD, "/proc/2", O_RDONLY, 0);
  say("attack done");
  return 0;
}

int expect(bool good, const char* what) {
  if (!good) say(std::string("broken: ") + what + " (" + strerrorname_np(errno) + ")");
  return good ? 0 : 1;
}

// What honest kernels do.
int honest() {
  int broken = 0;
  lock_down();
  std::atomic<int> sum{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&sum] {
      cpu_set_t set;
      sched_getaffinity(0, sizeof set, &set);
      pthread_setaffinity_np(pthread_self(), sizeof set, &set);
      pthread_setname_np(pthread_self(), "honest");
      std::vector<double> heap(1 << 20, 1.0);
      sum += static_cast<int>(heap[7]);
    });
  }
  for (std::thread& t : threads) t.join();
  broken += expect(sum == 8, "threads");

  const unsigned char code[] = {0xb8, 42, 0, 0, 0, 0xc3};  // mov eax, 42; ret
  void* page = mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  std::memcpy(page, code, sizeof code);
  broken += expect(mprotect(page, 4096, PROT_READ | PROT_EXEC) == 0, "mprotect");
  broken += expect(reinterpret_cast<int (*)()>(page)() == 42, "JIT");

  broken += expect(dlopen("libm.so.6", RTLD_NOW) != nullptr, "dlopen of a system library");
  const int file = open("scratch", O_RDWR | O_CREAT | O_TRUNC, 0600);
  broken += expect(file >= 0 && write(file, "x", 1) == 1 && ftruncate(file, 4096) == 0, "/tmp");
  broken += expect(rename("scratch", "other") == 0 && unlink("other") == 0, "rename");
  for (const char* path :
       {"/proc/self/maps", "/proc/cpuinfo", "/sys/devices/system/cpu/online", "/dev/urandom"}) {
    const int fd = open(path, O_RDONLY);
    char byte;
    broken += expect(fd >= 0 && read(fd, &byte, 1) == 1, path);
  }
  pthread_attr_t attributes;
  broken += expect(pthread_getattr_np(pthread_self(), &attributes) == 0, "the main thread's stack");
  broken += expect(sysconf(_SC_NPROCESSORS_ONLN) > 0, "processors");
  std::uint64_t mask = 0;
  broken += expect(syscall(SYS_arch_prctl, 0x1022, &mask) == 0 || errno == EINVAL, "XCOMP_PERM");
  const timespec moment{0, 1000};
  broken += expect(nanosleep(&moment, nullptr) == 0, "nanosleep");
  int ends[2];
  broken += expect(pipe2(ends, O_CLOEXEC) == 0, "pipe2");
  void* shared = mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, kSharedFd, 0);
  broken += expect(shared != MAP_FAILED, "lent memory");
  if (shared != MAP_FAILED) {
    auto* word = static_cast<std::atomic<std::uint32_t>*>(shared);
    word[1] = 1;
    syscall(SYS_futex, &word[1], FUTEX_WAKE, 1, nullptr, nullptr, 0);
    while (word[0] == 0) syscall(SYS_futex, &word[0], FUTEX_WAIT, 0, nullptr, nullptr, 0);
  }
  say("broken " + std::to_string(broken));
  return broken;
}

// Fills memory in steps of 1 MiB; `hide` makes each step read-only, which RLIMIT_DATA forgets.
int hog(bool hide) {
  for (int mib = 0; mib < 1 << 20; ++mib) {
    void* p = mmap(nullptr, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED) {
      say("refused after " + std::to_string(mib));
      return 0;
    }
    std::memset(p, 1, 1 << 20);
    if (hide) mprotect(p, 1 << 20, PROT_READ);
  }
  return 0;
}

int thread_bomb() {
  int count = 1;
  const auto sleeper = [](void*) -> void* {
    for (;;) pause();
  };
  for (; count < 100000; ++count) {
    pthread_t thread;
    if (pthread_create(&thread, nullptr, sleeper, nullptr) != 0) break;
  }
  say("threads " + std::to_string(count));
  return 0;
}

int fork_bomb() {
  int count = 1;
  for (; count < 100000; ++count) {
    const pid_t pid = fork();
    if (pid < 0) break;
    if (pid == 0) {
      for (;;) pause();
    }
  }
  say("processes " + std::to_string(count));
  for (;;) pause();
}

// Busy threads, each counting in a cache line of its own; `resist` tries what it can to go on
// running when it is stopped.
int spin(int threads, bool resist) {
  auto* counters = static_cast<std::atomic<std::uint64_t>*>(
      mmap(nullptr, 1 << 16, PROT_READ | PROT_WRITE, MAP_SHARED, kSharedFd, 0));
  lock_down();
  if (resist) {
    // Handled, so that each delivery arms the timer again.
    struct sigaction action {};
    action.sa_handler = [](int) {};
    sigaction(SIGCONT, &action, nullptr);
    sigevent event{};
    event.sigev_notify = SIGEV_SIGNAL;
    event.sigev_signo = SIGCONT;
    int timer = 0;
    const itimerspec often{{0, 50'000}, {0, 50'000}};
    if (syscall(SYS_timer_create, CLOCK_MONOTONIC, &event, &timer) == 0)
      syscall(SYS_timer_settime, timer, 0, &often, nullptr);
  }
  std::vector<std::thread> list;
  for (int i = 0; i < threads; ++i) {
    list.emplace_back([=] {
      for (std::uint64_t n = 0;; ++n) {
        counters[8 * i].fetch_add(1, std::memory_order_relaxed);
        if (resist && n % 64 == 0) syscall(SYS_tgkill, getpid(), getpid(), SIGCONT);
      }
    });
  }
  for (;;) pause();
}

int burn() {
  std::atomic<std::uint64_t> i{0};
  for (;;) i.fetch_add(1, std::memory_order_relaxed);
}

int shout() {
  const std::string line(4096, 'x');
  for (int i = 0; i < 1000; ++i) {
    if (write(1, line.data(), line.size()) < 0 && errno != EAGAIN) return 1;
  }
  return 7;
}

int judge(char** argv) {
  aisp::SandboxSpec spec;
  spec.argv = {"probe", "wait"};
  spec.executable_host_path = argv[0];
  auto process = aisp::start_sandboxed(spec);
  if (!process) {
    say(process.error().message());
    return 1;
  }
  say(std::to_string(process->pid));
  for (;;) pause();
}

}  // namespace

int main(int argc, char** argv) {
  const std::string mode = argc > 1 ? argv[1] : "";
  if (mode == "exit") return 7;
  if (mode == "abort") std::abort();
  if (mode == "look") return look_around();
  if (mode == "files") return open_files(argc - 2, argv + 2);
  if (mode == "probe") return probe();
  if (mode == "gpu-probe" && argc > 2) return gpu_probe(argv[2]);
  if (mode == "attack") return attack();
  if (mode == "honest") return honest();
  if (mode == "hog") return hog(false);
  if (mode == "hog-hidden") return hog(true);
  if (mode == "threads") return thread_bomb();
  if (mode == "forks") return fork_bomb();
  if (mode == "spin") return spin(8, false);
  if (mode == "resist") return spin(8, true);
  if (mode == "burn") return burn();
  if (mode == "shout") return shout();
  if (mode == "judge") return judge(argv);
  if (mode == "wait") {
    for (;;) pause();
  }
  return 2;
}
