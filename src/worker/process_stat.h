// What the kernel says about a worker from outside.
#pragma once

#include <sched.h>
#include <sys/types.h>

#include <cstdint>

namespace aisp {

// CPU time of all threads of the process so far, in nanoseconds; -1 when it is gone.
std::int64_t process_cpu_ns(pid_t pid);

struct ProcessStat {
  int threads = 0;
  std::uint64_t private_bytes = 0;       // resident anonymous memory
  std::uint64_t private_peak_bytes = 0;  // resident high-water mark less shared pages; 0 = unknown
};
ProcessStat read_process_stat(pid_t pid);

// Processors to which a thread of the process is pinned, and to no other; its main thread left out.
cpu_set_t where_threads_are_pinned(pid_t pid);

// CPU time that all processors of this machine spent on anything, in nanoseconds (10 ms steps).
std::int64_t machine_busy_ns();

// Time that the hypervisor took from this machine since boot, in nanoseconds (10 ms steps).
std::int64_t machine_steal_ns();

}  // namespace aisp
