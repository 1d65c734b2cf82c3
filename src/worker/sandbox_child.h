// The child's side of start_sandboxed(): between clone and exec of a process with threads, so it
// allocates nothing, takes no lock, and makes only system calls on what was prepared before.
#pragma once

#include <linux/filter.h>

#include <string>
#include <vector>

#include "worker/limits.h"
#include "worker/mounts.h"

namespace aisp {

// What the child says to the parent over a close-on-exec pipe; the end of file means "exec'ed".
struct ChildRecord {
  enum Kind : int { ready, failed };
  Kind kind;
  int error;      // errno
  bool mounting;  // failed while making the mounts: worth a try without them
  char step[96];
};

struct ChildPlan {
  bool new_user = false;    // in a user namespace of its own, to be mapped
  bool new_cgroup = false;  // with namespaces: a cgroup namespace too
  bool use_mounts = false;
  bool change_user = false;  // the judge is root
  unsigned uid = 0;          // as numbered inside
  std::string uid_map, gid_map;
  int last_capability = 40;
  MountPlan mounts;
  std::string working_directory;  // without mounts
  std::vector<ResourceLimit> limits;
  int go_fd = -1, record_fd = -1, output_fd = -1, null_fd = -1, landlock_fd = -1;
  std::vector<int> kept;  // sorted; all of the above and the sources of `fds`
  std::vector<std::pair<int, int>> fds;
  std::vector<sock_filter> filter;  // empty: none
  std::string executable;
  std::vector<char*> argv, environment;  // null-terminated
};

[[noreturn]] void run_sandbox_child(ChildPlan& plan);

}  // namespace aisp
