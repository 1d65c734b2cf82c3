// What a worker may use up, as resource limits that it cannot raise again.
#pragma once

#include <sys/resource.h>

#include <cstdint>
#include <vector>

namespace aisp {

struct SandboxLimits {
  std::uint64_t memory_bytes = 4ull
                               << 30;  // private memory; buffers that the judge lends are not in it
  int max_threads = 256;               // threads (and, for a compiler, processes), all together
  std::uint64_t file_bytes = 1ull << 30;   // largest file
  std::uint64_t tmp_bytes = 256ull << 20;  // all of /tmp
  int cpu_seconds = 0;                     // of all threads together; 0 = no limit
  // A GPU's driver reserves hundreds of GB of addresses and opens files by the dozen: no bound on the
  // address space, and more descriptors.
  bool gpu_driver = false;
};

struct ResourceLimit {
  int resource;  // RLIMIT_…
  rlimit value;
};

struct LimitContext {
  bool memory_counted;  // a cgroup counts memory: the address space needs no bound
  bool own_user;        // RLIMIT_NPROC counts the worker alone
};

// None is above the judge's own hard limit, so that setting them cannot fail.
std::vector<ResourceLimit> resource_limits(const SandboxLimits& limits, LimitContext context);

}  // namespace aisp
