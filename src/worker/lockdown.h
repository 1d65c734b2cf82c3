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

// What the system call filter leaves open besides threads, files and memory.
enum class LockdownProfile {
  cpu,   // nothing
  cuda,  // the driver's ioctls on the nodes of the GPU, and the shared memory that it pins
};

// Paths as the worker sees them; those that do not exist are left out.
struct LockdownPaths {
  std::vector<std::string> read_only;      // files or directories with all below them
  std::vector<std::string> read_write;     // directories: files in them may be made and removed
  std::vector<std::string> devices;        // character devices, read and written
  std::vector<std::string> ioctl_devices;  // the same, with ioctl: nodes of a GPU
};

// What the launcher laid out: system libraries, /aisp, the few files of /proc and /sys, and
// $TMPDIR. Where there was no mount namespace the launcher names the worker's files in
// $AISP_SANDBOX_READ (separated by ':'), and those take the place of /aisp and /proc. What belongs
// to a GPU comes in $AISP_DEVICE_NODES and $AISP_DEVICE_FILES, a line each.
LockdownPaths default_lockdown_paths();

// First half: Landlock. The process must have one thread (Landlock binds only the calling one and
// those that it starts). A kernel without Landlock is no failure here: probe_lockdown() shows it.
Status lock_files(const LockdownPaths& paths = default_lockdown_paths());
// Second half: the filter, on all threads. Fails if it cannot be loaded. With AISP_TRACE_REFUSED set
// in the environment, refused calls are also named on stderr; they are refused all the same.
Status lock_calls(LockdownProfile profile);
// Both, for a process that has nothing to do in between.
Status apply_implementation_lockdown(const LockdownPaths& paths = default_lockdown_paths());

// What was seen when the forbidden was tried after the lockdown. Harmless where it works.
struct LockdownProbe {
  int refused = 0;
  int allowed = 0;                         // must be 0
  std::vector<std::string> allowed_names;  // "socket", "landlock: open /"
};
LockdownProbe probe_lockdown(LockdownProfile profile = LockdownProfile::cpu);

}  // namespace aisp
