#include "worker/sandbox.h"

#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <climits>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "worker/lockdown_landlock.h"
#include "worker/lockdown_seccomp.h"
#include "worker/sandbox_child.h"

namespace aisp {
namespace {

namespace fs = std::filesystem;

constexpr int kPidfdType = 3;  // P_PIDFD
constexpr std::uint64_t kClonePidfd = 0x1000;
constexpr std::uint64_t kNamespaces =
    CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS;
constexpr unsigned kInnerUid = 1000;  // in a user namespace of its own

struct Pipe {
  UniqueFd read, write;
};

Result<Pipe> make_pipe() {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return errno_error("make a pipe", "sandbox");
  return Pipe{UniqueFd(ends[0]), UniqueFd(ends[1])};
}

struct UserRange {
  std::uint64_t first, count;
};

// Users that nobody else is: one per worker and judge. Where 2^32 users are not mapped (a
// container) it is the range that systemd keeps for its dynamic users.
unsigned unused_user() {
  // Its number tells a worker nothing: neither the how manieth it is nor whose neighbour.
  static std::atomic<unsigned> counter{0};
  static const std::uint64_t secret = [] {
    std::uint64_t drawn = 0;
    if (getrandom(&drawn, sizeof drawn, 0) != sizeof drawn)
      drawn = static_cast<std::uint64_t>(getpid());
    return drawn;
  }();
  const std::uint64_t n = counter++;
  // Odd, so that no two of 2^30 are the same; and of the 4336, no two of 271.
  const std::uint64_t wide = 2'000'000'000ull + (secret + n * (secret >> 32 | 1)) % (1ull << 30);
  std::ifstream map("/proc/self/uid_map");
  for (std::uint64_t inside, outside, count; map >> inside >> outside >> count;) {
    if (wide >= inside && wide < inside + count && wide < 0xffffffffull)
      return static_cast<unsigned>(wide);
  }
  return static_cast<unsigned>(61184 + (secret + n * 16 * (1 + (secret >> 32) % 270)) % 4336);
}

// Does another user get there: the mode's last three bits have all of `bits`.
Status others_may(const std::string& path, mode_t bits) {
  struct stat info {};
  if (stat(path.c_str(), &info) != 0) return errno_error("look at a file for the sandbox", path);
  if ((info.st_mode & bits) == bits) return success();
  const bool write = (bits & S_IWOTH) != 0;
  return Error{"give a file to the sandbox", path,
               std::string("other users may not ") + (write ? "read and write it" : "read it"),
               "chmod o+" +
                   std::string((bits & S_IXOTH) != 0 ? "rx "
                               : write               ? "rw "
                                                     : "r ") +
                   path};
}

const std::string kDirectoryStart = "/tmp/aisp-worker-";

// Those of judges that were killed.
void remove_stale_directories() {
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator("/tmp", error)) {
    const std::string& path = entry.path().native();
    if (path.rfind(kDirectoryStart, 0) != 0) continue;
    const pid_t judge = std::atoi(path.c_str() + kDirectoryStart.size());
    std::error_code left_there;  // somebody else's: not ours to remove
    if (judge > 0 && kill(judge, 0) != 0 && errno == ESRCH) fs::remove_all(entry, left_there);
  }
}

// One attempt: which protections are asked for.
struct Attempt {
  bool namespaces = true;
  bool mounts = true;
  std::string no_namespaces;  // why not, where they are not
  std::string no_mounts;
};

// What an attempt came to when it was not a success.
struct Refusal {
  Error error;
  bool try_without_namespaces = false;
  bool try_without_mounts = false;
};

// While it lives, a write to a pipe whose reader is gone is EPIPE in this thread, and no signal: a
// child that dies while it is started must not take the judge along.
class NoBrokenPipeSignal {
 public:
  NoBrokenPipeSignal() {
    sigemptyset(&broken_pipe_);
    sigaddset(&broken_pipe_, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &broken_pipe_, &before_);
  }
  NoBrokenPipeSignal(const NoBrokenPipeSignal&) = delete;
  NoBrokenPipeSignal& operator=(const NoBrokenPipeSignal&) = delete;
  ~NoBrokenPipeSignal() {
    if (sigismember(&before_, SIGPIPE) == 0) {
      const timespec at_once{};
      while (sigtimedwait(&broken_pipe_, nullptr, &at_once) == SIGPIPE) {
      }
    }
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }

 private:
  sigset_t broken_pipe_{};
  sigset_t before_{};
};

class SandboxLaunch {
 public:
  SandboxLaunch(const SandboxSpec& spec, const Attempt& attempt)
      : spec_(spec), attempt_(attempt), root_(geteuid() == 0) {
    process_.missing_namespaces = attempt.no_namespaces;
    process_.missing_mounts = attempt.no_mounts;
  }

  std::variant<SandboxedProcess, Refusal> run() {
    if (Status s = prepare(); !s) return Refusal{s.error()};
    return start();
  }

 private:
  Status prepare() {
    if (spec_.argv.empty())
      return Error{"start a sandbox", spec_.executable_host_path, "argv is empty", {}};
    plan_.new_user = attempt_.namespaces && !root_;
    plan_.new_cgroup = attempt_.namespaces;
    plan_.use_mounts = attempt_.mounts;
    plan_.change_user = root_;
    process_.host_uid = root_ ? unused_user() : geteuid();
    plan_.uid = root_ ? process_.host_uid : (plan_.new_user ? kInnerUid : geteuid());
    const std::string inner = std::to_string(kInnerUid) + " ";
    plan_.uid_map = inner + std::to_string(geteuid()) + " 1";
    plan_.gid_map = inner + std::to_string(getegid()) + " 1";
    std::ifstream("/proc/sys/kernel/cap_last_cap") >> plan_.last_capability;

    if (Status s = prepare_files(); !s) return s;
    if (Status s = prepare_environment(); !s) return s;
    process_.cgroup = WorkerCgroup::create(spec_.limits);
    plan_.limits =
        resource_limits(spec_.limits, {process_.cgroup.limits_memory(), root_ || plan_.new_user});
    if (spec_.profile == SandboxProfile::compiler) {
      Result<std::vector<sock_filter>> filter = compiler_filter();
      if (!filter) return filter.error();
      plan_.filter = std::move(*filter);
    }
    return prepare_descriptors();
  }

  Status prepare_files() {
    std::error_code error;
    executable_ = fs::canonical(spec_.executable_host_path, error);
    if (error) return Error{"start a sandbox", spec_.executable_host_path, error.message(), {}};
    if (root_) {
      if (Status s = others_may(executable_, S_IROTH | S_IXOTH); !s) return s;
      for (const Bind& bind : spec_.binds) {
        if (bind.writable) {
          if (chown(bind.host_path.c_str(), plan_.uid, plan_.uid) != 0)
            return errno_error("hand a directory to the sandbox", bind.host_path);
        } else {
          const bool directory = fs::is_directory(bind.host_path, error);
          if (Status s = others_may(bind.host_path, directory ? S_IROTH | S_IXOTH : S_IROTH); !s)
            return s;
        }
      }
    }
    if (root_) {
      for (const std::string& node : spec_.device.nodes)
        if (fs::exists(node, error))
          if (Status s = others_may(node, S_IROTH | S_IWOTH); !s) return s;
    }
    binds_ = spec_.binds;
    if (!attempt_.mounts) return prepare_host_files();

    std::vector<Bind> binds = spec_.binds;
    for (Bind& bind : binds)
      if (bind.own_copy) use_own_copy(bind);
    if (executable_.rfind("/usr/", 0) == 0) {
      plan_.executable = executable_;
    } else {
      plan_.executable = "/aisp/" + fs::path(executable_).filename().string();
      binds.push_back({executable_, plan_.executable, false});
    }
    Result<MountPlan> mounts = plan_mounts(
        binds, spec_.profile == SandboxProfile::compiler ? ProcView::full : ProcView::own_files,
        spec_.limits.tmp_bytes, plan_.uid, plan_.executable, spec_.device);
    if (!mounts) return mounts.error();
    plan_.mounts = std::move(*mounts);
    return success();
  }

  // No mount namespace (a chroot, say): the host's tree, bounded by Landlock and by the user, with a
  // /tmp of its own and copies of what it may read, since those may lie below a closed directory.
  Status prepare_host_files() {
    if (Status s = make_folder(process_.tmp_on_host); !s) return s;
    tmp_ = process_.tmp_on_host + "/tmp";
    if (mkdir(tmp_.c_str(), 0700) != 0 || (root_ && chown(tmp_.c_str(), plan_.uid, plan_.uid) != 0))
      return errno_error("make the worker's /tmp", tmp_);
    if (executable_.rfind("/usr/", 0) != 0)
      if (Status s = copy_for_worker(executable_, process_.tmp_on_host); !s) return s;
    for (Bind& bind : binds_)
      if (!bind.writable)
        if (Status s = copy_for_worker(bind.host_path, process_.tmp_on_host); !s) return s;
    plan_.working_directory = tmp_;
    plan_.executable = executable_;
    if (landlock_abi() == 0) return success();
    LockdownPaths paths = default_lockdown_paths();
    paths.read_only.push_back(executable_);
    if (spec_.profile == SandboxProfile::compiler) paths.devices.push_back("/dev/zero");
    paths.read_write = {tmp_};
    paths.ioctl_devices = spec_.device.nodes;
    for (const std::string& file : spec_.device.files) paths.read_only.push_back(file);
    for (const std::string& file : spec_.device.proc_files)
      paths.read_only.push_back("/proc/" + file);
    for (const Bind& bind : binds_)
      (bind.writable ? paths.read_write : paths.read_only).push_back(bind.host_path);
    Result<UniqueFd> ruleset = landlock_ruleset(paths, Execute::below_read_only);
    if (!ruleset) return ruleset.error();
    ruleset_ = std::move(*ruleset);
    return success();
  }

  // A folder of this process in /tmp that workers' users get through.
  Status make_folder(std::string& made) {
    remove_stale_directories();
    std::string pattern = kDirectoryStart + std::to_string(getpid()) + "-XXXXXX";
    if (mkdtemp(pattern.data()) == nullptr) return errno_error("make the worker's /tmp", pattern);
    made = pattern;
    if (chmod(pattern.c_str(), 0755) != 0) return errno_error("make the worker's /tmp", pattern);
    return success();
  }

  void use_own_copy(Bind& bind) {
    struct statvfs tmp {};
    if (statvfs("/tmp", &tmp) == 0 && (tmp.f_flag & ST_NOEXEC) != 0)
      return;  // nothing there could be loaded
    if (process_.copies_on_host.empty() && !make_folder(process_.copies_on_host)) return;
    std::string copy = bind.host_path;
    if (copy_for_worker(copy, process_.copies_on_host)) bind.host_path = copy;
  }

  // Puts a copy of the file or directory where the worker's user can get at it; `path` becomes it.
  Status copy_for_worker(std::string& path, const std::string& below) {
    std::error_code error;
    const fs::path folder = below + "/files" + std::to_string(copies_++);
    const fs::path copy = folder / fs::path(path).filename();
    fs::create_directory(folder, error);
    if (!error)
      fs::copy(path, copy, fs::copy_options::recursive | fs::copy_options::copy_symlinks, error);
    if (!error) fs::permissions(folder, fs::perms(0755), error);
    if (!error) fs::permissions(copy, fs::perms(0555), fs::perm_options::add, error);
    if (error)
      return Error{"copy for the sandbox", path, error.message(), "Is there room in /tmp?"};
    path = copy.string();
    return success();
  }

  std::string as_host_path(std::string argument) const {
    const std::size_t begin =
        argument.empty() || argument.front() == '/' ? 0 : argument.find("=/") + 1;
    for (const Bind& bind : binds_) {
      const std::size_t end = begin + bind.sandbox_path.size();
      if (argument.compare(begin, bind.sandbox_path.size(), bind.sandbox_path) == 0 &&
          (end == argument.size() || argument[end] == '/'))
        return argument.replace(begin, bind.sandbox_path.size(), bind.host_path);
    }
    return argument;
  }

  Status prepare_environment() {
    const std::string tmp = attempt_.mounts ? "/tmp" : tmp_;
    // Libraries that were built to be linked (jemalloc, libgomp) keep thread-local variables where the
    // loader has to have left room at start: glibc's 512 bytes are too few for jemalloc's 2.8 KB.
    environment_ = {"PATH=/usr/local/bin:/usr/bin:/bin", "HOME=" + tmp, "TMPDIR=" + tmp,
                    "LANG=C.UTF-8", "GLIBC_TUNABLES=glibc.rtld.optional_static_tls=16384"};
    // A line each: names of PCI devices have colons.
    const auto joined = [](const std::string& name, const std::vector<std::string>& list) {
      std::string text = name + "=";
      for (const std::string& item : list) text += (text.back() == '=' ? "" : "\n") + item;
      return text;
    };
    if (!spec_.device.nodes.empty()) {
      std::vector<std::string> files = spec_.device.files;
      for (const std::string& file : spec_.device.proc_files) files.push_back("/proc/" + file);
      environment_.push_back(joined("AISP_DEVICE_NODES", spec_.device.nodes));
      environment_.push_back(joined("AISP_DEVICE_FILES", files));
    }
    environment_.insert(environment_.end(), spec_.environment.begin(), spec_.environment.end());
    arguments_ = spec_.argv;
    if (!attempt_.mounts) {
      std::string readable = "AISP_SANDBOX_READ=" + executable_;
      for (const Bind& bind : binds_) readable += ":" + bind.host_path;
      environment_.push_back(readable);
      for (std::string& argument : arguments_) argument = as_host_path(argument);
    }
    for (std::string& s : arguments_) plan_.argv.push_back(s.data());
    for (std::string& s : environment_) plan_.environment.push_back(s.data());
    plan_.argv.push_back(nullptr);
    plan_.environment.push_back(nullptr);
    return success();
  }

  // The child finds every descriptor above all the numbers it has to place.
  Status prepare_descriptors() {
    int base = 64;
    for (const auto& [here, there] : spec_.fds) {
      if (there <= 2 || there >= 256)
        return Error{
            "start a sandbox", "descriptor " + std::to_string(there), "it must be 3 to 255", {}};
      base = std::max(base, there + 1);
    }
    const auto keep = [&](int fd, int& number) -> Status {
      number = fcntl(fd, F_DUPFD_CLOEXEC, base);
      if (number < 0)
        return errno_error("duplicate a descriptor for the sandbox", std::to_string(fd));
      held_.emplace_back(number);
      plan_.kept.push_back(number);
      return success();
    };
    Result<Pipe> go = make_pipe(), record = make_pipe(), output = make_pipe();
    if (!go) return go.error();
    if (!record) return record.error();
    if (!output) return output.error();
    const UniqueFd null(open("/dev/null", O_RDONLY | O_CLOEXEC));
    if (!null) return errno_error("open", "/dev/null");
    fcntl(output->read.get(), F_SETFL, O_NONBLOCK);
    if (spec_.profile == SandboxProfile::implementation)
      fcntl(output->write.get(), F_SETFL, O_NONBLOCK);
    if (Status s = keep(go->read.get(), plan_.go_fd); !s) return s;
    if (Status s = keep(record->write.get(), plan_.record_fd); !s) return s;
    if (Status s = keep(output->write.get(), plan_.output_fd); !s) return s;
    if (Status s = keep(null.get(), plan_.null_fd); !s) return s;
    if (ruleset_) {
      if (Status s = keep(ruleset_.get(), plan_.landlock_fd); !s) return s;
    }
    for (const auto& [here, there] : spec_.fds) {
      int number = -1;
      if (Status s = keep(here, number); !s) return s;
      plan_.fds.emplace_back(number, there);
    }
    std::sort(plan_.kept.begin(), plan_.kept.end());
    go_ = std::move(go->write);
    records_ = std::move(record->read);
    process_.output = std::move(output->read);
    return success();
  }

  std::variant<SandboxedProcess, Refusal> start() {
    std::uint64_t flags = SIGCHLD | kClonePidfd;
    if (attempt_.namespaces) flags |= kNamespaces;
    if (attempt_.namespaces && !attempt_.mounts) flags &= ~static_cast<std::uint64_t>(CLONE_NEWNS);
    if (plan_.new_user) flags |= CLONE_NEWUSER;

    // No handler of the judge may run in the child.
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int pidfd = -1;
    const long pid = syscall(SYS_clone, flags, nullptr, &pidfd, nullptr, nullptr);
    if (pid == 0) run_sandbox_child(plan_);
    const int error = errno;
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    if (pid < 0) {
      errno = error;
      return Refusal{errno_error("make the worker's namespaces", executable_), attempt_.namespaces,
                     false};
    }
    process_.pid = static_cast<pid_t>(pid);
    process_.pidfd.reset(pidfd);
    process_.pid_namespace = attempt_.namespaces;
    held_.clear();  // the child has its copies; our ends would hide the end of file

    if (Status s = process_.cgroup.attach(process_.pid); !s) return Refusal{s.error()};
    deadline_ = std::chrono::steady_clock::now() +
                std::chrono::microseconds(static_cast<std::int64_t>(spec_.start_timeout_s * 1e6));
    bool is_ready = false;
    if (!send_go()) return Refusal{errno_error("let the worker go on", executable_)};
    for (;;) {
      ChildRecord record{};
      const ssize_t n = next_record(record);
      if (n < 0) return Refusal{Error{"start a sandbox", executable_, "it was not up in time", {}}};
      if (n == 0) break;
      if (record.kind == ChildRecord::failed) {
        const bool first = plan_.new_user && !is_ready;
        return Refusal{Error{"start a sandbox",
                             std::string(executable_) + ": " + record.step,
                             std::strerror(record.error),
                             {}},
                       first && !record.mounting, record.mounting};
      }
      is_ready = true;
      // Everything is in place and only exec is left: now nothing can end before we have looked.
      process_.protections = observe_protections(process_);
      if (!send_go()) return Refusal{errno_error("let the worker go on", executable_)};
    }
    if (!is_ready)
      return Refusal{
          Error{"start a sandbox", executable_, "it died before the program started", {}}};
    return std::move(process_);
  }

  bool send_go() const {
    int error = 0;
    {
      const NoBrokenPipeSignal quiet;
      if (write(go_.get(), "g", 1) != 1) error = errno;
    }
    errno = error;
    return error == 0;
  }

  // Bytes read: all of a record, 0 when the program has started, -1 at the deadline.
  ssize_t next_record(ChildRecord& record) const {
    for (;;) {
      const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
          deadline_ - std::chrono::steady_clock::now());
      pollfd event{records_.get(), POLLIN, 0};
      const int ready =
          poll(&event, 1, static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, INT_MAX)));
      if (ready < 0 && errno == EINTR) continue;
      if (ready <= 0) return -1;
      const ssize_t n = read(records_.get(), &record, sizeof record);
      if (n < 0 && errno == EINTR) continue;
      return n == 0 || n == static_cast<ssize_t>(sizeof record) ? n : -1;
    }
  }

  const SandboxSpec& spec_;
  Attempt attempt_;
  bool root_;
  ChildPlan plan_;
  SandboxedProcess process_;
  std::string executable_;
  std::vector<Bind> binds_;  // as the worker finds them when it has no mount namespace
  std::string tmp_;          // its /tmp then
  int copies_ = 0;
  std::vector<std::string> arguments_, environment_;
  std::vector<UniqueFd> held_;
  UniqueFd ruleset_, go_, records_;
  std::chrono::steady_clock::time_point deadline_;
};

}  // namespace

Result<SandboxedProcess> start_sandboxed(const SandboxSpec& spec) {
  for (Attempt attempt;;) {
    auto outcome = SandboxLaunch(spec, attempt).run();
    if (auto* process = std::get_if<SandboxedProcess>(&outcome)) return std::move(*process);
    const Refusal& refusal = std::get<Refusal>(outcome);
    if (refusal.try_without_mounts && attempt.mounts) {
      attempt.mounts = false;
      attempt.no_mounts = refusal.error.on + ": " + refusal.error.why;
    } else if (refusal.try_without_namespaces && attempt.namespaces) {
      attempt.namespaces = attempt.mounts = false;
      attempt.no_namespaces = refusal.error.why;
      if (attempt.no_mounts.empty()) attempt.no_mounts = "no namespaces: " + refusal.error.why;
    } else {
      return refusal.error;
    }
  }
}

SandboxedProcess::SandboxedProcess(SandboxedProcess&& other) noexcept { *this = std::move(other); }

SandboxedProcess& SandboxedProcess::operator=(SandboxedProcess&& other) noexcept {
  if (this == &other) return *this;
  kill_and_reap(*this);
  pid = std::exchange(other.pid, 0);
  pidfd = std::move(other.pidfd);
  output = std::move(other.output);
  cgroup = std::move(other.cgroup);
  protections = std::move(other.protections);
  tmp_on_host = std::exchange(other.tmp_on_host, {});
  copies_on_host = std::exchange(other.copies_on_host, {});
  host_uid = other.host_uid;
  pid_namespace = other.pid_namespace;
  missing_namespaces = std::move(other.missing_namespaces);
  missing_mounts = std::move(other.missing_mounts);
  return *this;
}

SandboxedProcess::~SandboxedProcess() { kill_and_reap(*this); }

std::string SandboxedProcess::read_output(std::size_t keep_bytes) {
  std::string text;
  char buffer[4096];
  // Bounded: a worker that writes as fast as we read does not hold us here.
  for (int i = 0; i < 256 && output; ++i) {
    const ssize_t n = read(output.get(), buffer, sizeof buffer);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) break;
    text.append(buffer, static_cast<std::size_t>(n));
    if (text.size() > 2 * keep_bytes + sizeof buffer) text.erase(0, text.size() - keep_bytes);
  }
  if (text.size() > keep_bytes) text.erase(0, text.size() - keep_bytes);
  return text;
}

void kill_and_reap(SandboxedProcess& process) {
  if (process.pid > 0) {
    // Until it is waited for nobody else can have its number, and it leads its own group.
    siginfo_t info{};
    if (!process.pid_namespace &&
        waitid(static_cast<idtype_t>(kPidfdType), static_cast<id_t>(process.pidfd.get()), &info,
               WEXITED | WNOHANG | WNOWAIT) == 0)
      kill(-process.pid, SIGKILL);
    syscall(SYS_pidfd_send_signal, process.pidfd.get(), SIGKILL, nullptr, 0);
    // PID 1 of a namespace is a zombie only when all others in it are gone.
    while (waitid(static_cast<idtype_t>(kPidfdType), static_cast<id_t>(process.pidfd.get()), &info,
                  WEXITED) != 0 &&
           errno == EINTR) {
    }
    process.pid = 0;
  }
  process.cgroup.remove();
  for (std::string* const folder : {&process.tmp_on_host, &process.copies_on_host}) {
    if (folder->empty()) continue;
    std::error_code error;  // what the worker made unremovable stays, and is only a directory
    fs::remove_all(*folder, error);
    folder->clear();
  }
}

}  // namespace aisp
