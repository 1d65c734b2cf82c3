// The worker's file system: a small read-only tree built from the host's system directories, seen
// by nobody else, with a /tmp that dies with it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"

namespace aisp {

struct Bind {
  std::string host_path;  // file or directory
  std::string
      sandbox_path;  // absolute; not below the system directories, /proc, /dev, /sys or /tmp
  bool writable = false;
  // A copy of the file, made for this process: other processes' copies lie in other memory. Where none can be made (a full
  // /tmp) it is the file itself.
  bool own_copy = false;
};

// What belongs to a device, under the same names as on the host.
struct DevicePaths {
  std::vector<std::string> nodes;       // character devices
  std::vector<std::string> files;       // files or directories, read-only
  std::vector<std::string> proc_files;  // relative to /proc
};

enum class ProcView {
  own_files,  // a handful of read-only files about PID 1 and the machine: no fd/, no mem, no sys/
  full,       // the PID namespace's own /proc, for a compiler
};

// All that the child needs, so that it only makes system calls. Needs Linux 5.12 to be carried out.
struct MountPlan {
  struct Tree {
    std::string host;
    std::string at;            // relative to the new root
    std::uint64_t attributes;  // MOUNT_ATTR_…
    bool directory;
    int fd = -1;  // the child's
  };
  struct Link {
    std::string at;
    std::string to;
  };
  std::vector<std::string> directories;  // parents first
  std::vector<Tree> trees;
  std::vector<Link> links;
  std::vector<std::string> hidden;      // folders of trees that are seen empty
  std::vector<std::string> proc_files;  // relative to /proc; empty: all of it
  std::string tmp_options;
  // Where the driver's threads write their names: empty files of a small file system of its own at
  // /proc/1/task/<n>/, since there is no real one. Without them cuInit fails.
  bool thread_names = false;
};

// `owner`: uid and gid that own /tmp, as numbered inside the sandbox.
Result<MountPlan> plan_mounts(const std::vector<Bind>& binds, ProcView proc,
                              std::uint64_t tmp_bytes, unsigned owner,
                              const std::string& self_executable, const DevicePaths& device = {});

// The child's part, after clone with CLONE_NEWNS and CLONE_NEWPID: only system calls. Returns 0, or
// errno with `at` naming what it was about (a string of the plan).
int enter_mounts(MountPlan& plan, const char** at);

}  // namespace aisp
