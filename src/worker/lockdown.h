// The last door: what the worker's own process may still ask of the kernel once untrusted code is
// in it. Landlock bounds the files, seccomp the system calls; neither can be taken off again.
//
// Used by the agent, after it mapped its buffers and before it loads the implementation. Threads
// and JIT work; processes, sockets, new shared memory and everything that lets the kernel write or
// wake on the worker's behalf after a stop do not (lockdown_seccomp.cpp says why, call by call).
#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace aisp {

// Paths as the worker sees them; those that do not exist are left out.
struct LockdownPaths {
  std::vector<std::string> read_only;   // files or directories with all below them
  std::vector<std::string> read_write;  // directories: files in them may be made and removed
  std::vector<std::string> devices;     // character devices, read and written
};

// What the launcher laid out: system libraries, /aisp, the few files of /proc and /sys, and
// $TMPDIR. Where there was no mount namespace the launcher names the worker's files in
// $AISP_SANDBOX_READ (separated by ':'), and those take the place of /aisp and /proc.
LockdownPaths default_lockdown_paths();

// The process must have one thread (Landlock binds only the calling one). Fails if the seccomp
// filter cannot be loaded. A kernel without Landlock is no failure here: probe_lockdown() shows it.
Status apply_implementation_lockdown(const LockdownPaths& paths = default_lockdown_paths());

// What was seen when the forbidden was tried after the lockdown. Harmless where it works.
struct LockdownProbe {
  int refused = 0;
  int allowed = 0;                         // must be 0
  std::vector<std::string> allowed_names;  // "socket", "landlock: open /"
};
LockdownProbe probe_lockdown();

}  // namespace aisp
