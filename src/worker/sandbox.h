// Starts a process that can harm nobody: its own PID, mount, network, IPC, UTS and control-group
// namespaces, a user of its own, no capabilities, limits, and a file system made for it. The judge
// is its direct parent; it is PID 1 in its namespace, so that SIGSTOP, SIGCONT and SIGKILL from the
// judge act on all of it, and waitid() confirms them.
//
// What the machine does not offer is left out and named in `protections`, never passed over: those
// are read back from the kernel (/proc of the judge), not taken from what was asked for.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/fd.h"
#include "base/result.h"
#include "worker/limits.h"
#include "worker/limits_cgroup.h"
#include "worker/mounts.h"

namespace aisp {

enum class SandboxProfile {
  implementation,  // the agent; it takes fork, exec and the rest away itself (worker/lockdown.h)
  compiler,        // may fork and exec inside; a deny-list from the start
};

struct SandboxSpec {
  SandboxProfile profile = SandboxProfile::implementation;
  std::vector<std::string> argv;         // argv[0] included
  std::string executable_host_path;      // shown as /aisp/<name>; below /usr it is run where it is
  std::vector<std::pair<int, int>> fds;  // (here, there), there > 2; all others are closed
  // A writable directory is handed (chown) to the worker's user if the judge is root. Without a
  // mount namespace, sandbox paths at the start of an argv element, or after '=' in it, become host
  // paths.
  std::vector<Bind> binds;
  DevicePaths device;  // what it may reach of a GPU; nothing else of /dev and /sys
  std::vector<std::string> environment;  // "NAME=value", after the fixed ones
  SandboxLimits limits;
  double start_timeout_s = 10;
};

struct Protection {
  std::string name;  // "pid namespace", "other user", "seccomp", "memory limit" …
  bool active = false;
  std::string detail;  // what was seen, or why it is missing
};

// Ends with its process: the destructor kills, reaps and tidies up.
class SandboxedProcess {
 public:
  SandboxedProcess() = default;
  SandboxedProcess(SandboxedProcess&&) noexcept;
  SandboxedProcess& operator=(SandboxedProcess&&) noexcept;
  SandboxedProcess(const SandboxedProcess&) = delete;
  SandboxedProcess& operator=(const SandboxedProcess&) = delete;
  ~SandboxedProcess();

  // What has come from stdout and stderr since the last call, never blocking; of a longer text the
  // last `keep_bytes`. An implementation's writes never block either: what does not fit the pipe is
  // lost to it (EAGAIN). A compiler waits for its reader.
  std::string read_output(std::size_t keep_bytes = 64 << 10);

  pid_t pid = 0;  // as the judge sees it; 0 when reaped
  UniqueFd pidfd;
  UniqueFd output;                      // read end, non-blocking
  WorkerCgroup cgroup;                  // peak memory, out-of-memory kills
  std::vector<Protection> protections;  // as observed once it was running
  std::string tmp_on_host;              // without a mount namespace: its /tmp; removed at the end
  std::string copies_on_host;           // files copied for it (Bind::own_copy); removed at the end
  unsigned host_uid = 0;
  bool pid_namespace = false;
  std::string missing_namespaces;  // why there are none; empty = all there
  std::string missing_mounts;
};

// Returns when the program has been exec'ed. Safe in a process with threads. The kernel ends the
// worker when the *thread* that called this ends (PR_SET_PDEATHSIG): call it from one that stays.
Result<SandboxedProcess> start_sandboxed(const SandboxSpec& spec);

// Kills it by its pidfd and returns when all of it is gone. Fine to call twice, and after the
// judge's own waitid() has reaped it.
void kill_and_reap(SandboxedProcess& process);

// Read from the kernel now. "seccomp" becomes active when the agent has locked itself down;
// Landlock cannot be seen from outside: lockdown_protection() turns the agent's probe into one.
std::vector<Protection> observe_protections(const SandboxedProcess& process);
Protection lockdown_protection(std::uint32_t probes_refused, std::uint32_t probes_allowed);

}  // namespace aisp
