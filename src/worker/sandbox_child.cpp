#include "worker/sandbox_child.h"

#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/seccomp.h>
#include <linux/securebits.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstring>

#include "worker/lockdown_landlock.h"

namespace aisp {
namespace {

class Child {
 public:
  explicit Child(ChildPlan& plan) : plan_(plan) {}

  [[noreturn]] void run() {
    close_others();
    reset_signals();
    umask(022);
    if (plan_.new_user) map_user();
    wait_for_go();  // the judge has put us into the control group
    // A session of its own: no terminal, and no SIGCONT because a process group was orphaned.
    check(syscall(SYS_setsid), "setsid");
    write_file("/proc/self/oom_score_adj", "1000");  // rather the worker than the judge
    if (plan_.new_cgroup)
      check(syscall(SYS_unshare, CLONE_NEWCGROUP), "unshare the cgroup namespace");
    if (plan_.new_cgroup) check(syscall(SYS_sethostname, "aisp", 4), "set the host name");
    enter_file_system();
    drop_privileges();
    for (const ResourceLimit& limit : plan_.limits)
      check(syscall(SYS_prlimit64, 0, limit.resource, &limit.value, nullptr),
            "set a resource limit");
    check(syscall(SYS_prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "set no_new_privs");
    // After the change of user, which clears it. If the judge died before, the next read sees the
    // end of the file.
    check(syscall(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0), "set the parent-death signal");
    place_descriptors();
    if (plan_.landlock_fd >= 0) check(landlock_restrict_self(plan_.landlock_fd), "enter Landlock");
    unblock_signals();
    // The judge reads our /proc now; without this a change of user has given it to root.
    if (plan_.new_user) syscall(SYS_prctl, PR_SET_DUMPABLE, 1, 0, 0, 0);
    if (!plan_.filter.empty()) {
      const sock_fprog program{static_cast<unsigned short>(plan_.filter.size()),
                               plan_.filter.data()};
      check(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_SPEC_ALLOW, &program),
            "load the seccomp filter");
    }
    say(ChildRecord::ready, 0, "ready", false);
    wait_for_go();
    syscall(SYS_execve, plan_.executable.c_str(), plan_.argv.data(), plan_.environment.data());
    fail("start the program");
  }

 private:
  void say(ChildRecord::Kind kind, int error, const char* step, bool mounting) {
    ChildRecord record{};
    record.kind = kind;
    record.error = error;
    record.mounting = mounting;
    for (std::size_t i = 0; step[i] != '\0' && i + 1 < sizeof record.step; ++i)
      record.step[i] = step[i];
    while (syscall(SYS_write, plan_.record_fd, &record, sizeof record) < 0 && errno == EINTR) {
    }
  }
  [[noreturn]] void fail(const char* step, bool mounting = false) {
    say(ChildRecord::failed, errno, step, mounting);
    for (;;) syscall(SYS_exit_group, 127);
  }
  void check(long result, const char* step) {
    if (result < 0) fail(step);
  }

  static bool write_file(const char* path, const char* text) {
    const int fd = static_cast<int>(syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CLOEXEC, 0));
    if (fd < 0) return false;
    const std::size_t length = std::strlen(text);
    const bool ok = syscall(SYS_write, fd, text, length) == static_cast<long>(length);
    const int error = errno;
    syscall(SYS_close, fd);
    errno = error;
    return ok;
  }

  void close_others() {
    unsigned from = 0;
    for (const int fd : plan_.kept) {
      const auto kept = static_cast<unsigned>(fd);
      if (kept > from) check(syscall(SYS_close_range, from, kept - 1, 0), "close descriptors");
      from = kept + 1;
    }
    check(syscall(SYS_close_range, from, UINT_MAX, 0), "close descriptors");
  }

  // Handlers end with exec, but what the judge ignores would stay ignored.
  static void reset_signals() {
    struct sigaction action {};
    action.sa_handler = SIG_DFL;
    for (int signal = 1; signal < 65; ++signal) sigaction(signal, &action, nullptr);
  }
  static void unblock_signals() {
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
  }

  void map_user() {
    syscall(SYS_prctl, PR_SET_DUMPABLE, 1, 0, 0, 0);  // or our own /proc files are root's
    if (!write_file("/proc/self/setgroups", "deny") ||
        !write_file("/proc/self/uid_map", plan_.uid_map.c_str()) ||
        !write_file("/proc/self/gid_map", plan_.gid_map.c_str()))
      fail("map the user in its namespace");
  }

  void wait_for_go() {
    char go;
    long n;
    while ((n = syscall(SYS_read, plan_.go_fd, &go, 1)) < 0 && errno == EINTR) {
    }
    if (n != 1) syscall(SYS_exit_group, 126);  // the judge is gone
  }

  void enter_file_system() {
    if (!plan_.use_mounts) {
      check(syscall(SYS_chdir, plan_.working_directory.c_str()), "enter the working directory");
      return;
    }
    const char* at = "";
    if (const int error = enter_mounts(plan_.mounts, &at); error != 0) {
      errno = error;
      fail(at, true);
    }
  }

  void drop_privileges() {
    // uid 0 gives nothing, nothing is kept over a change of user; and this is for good. Not allowed
    // without CAP_SETPCAP, and then there is nothing to drop; what came of it is read back.
    syscall(SYS_prctl, PR_SET_SECUREBITS,
            SECBIT_NOROOT | SECBIT_NOROOT_LOCKED | SECBIT_KEEP_CAPS_LOCKED |
                SECBIT_NO_CAP_AMBIENT_RAISE | SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED,
            0, 0, 0);
    for (int capability = 0; capability <= plan_.last_capability; ++capability)
      syscall(SYS_prctl, PR_CAPBSET_DROP, capability, 0, 0, 0);
    if (plan_.change_user) {
      check(syscall(SYS_setgroups, 0, nullptr), "drop the groups");
      check(syscall(SYS_setresgid, plan_.uid, plan_.uid, plan_.uid), "change the group");
      check(syscall(SYS_setresuid, plan_.uid, plan_.uid, plan_.uid), "change the user");
    }
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    __user_cap_data_struct none[2] = {};
    check(syscall(SYS_capset, &header, none), "drop the capabilities");
  }

  void place_descriptors() {
    const auto place = [&](int from, int to) {
      check(syscall(SYS_dup3, from, to, 0), "place a descriptor");
    };
    place(plan_.null_fd, 0);
    place(plan_.output_fd, 1);
    place(plan_.output_fd, 2);
    for (const auto& [from, to] : plan_.fds) place(from, to);
  }

  ChildPlan& plan_;
};

}  // namespace

void run_sandbox_child(ChildPlan& plan) { Child(plan).run(); }

}  // namespace aisp
