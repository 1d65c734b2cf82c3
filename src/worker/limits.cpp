#include "worker/limits.h"

#include <algorithm>

namespace aisp {

std::vector<ResourceLimit> resource_limits(const SandboxLimits& limits, LimitContext context) {
  std::vector<ResourceLimit> list;
  const auto add = [&](int resource, rlim_t soft, rlim_t hard) {
    rlimit now{};
    if (getrlimit(resource, &now) == 0) {
      hard = std::min(hard, now.rlim_max);
      soft = std::min(soft, hard);
    }
    list.push_back({resource, {soft, hard}});
  };
  const auto set = [&](int resource, rlim_t value) { add(resource, value, value); };

  set(RLIMIT_CORE, 0);
  set(RLIMIT_NOFILE, limits.gpu_driver ? 1024 : 256);
  set(RLIMIT_FSIZE, limits.file_bytes);
  // Thread stacks are reserved whole and count whole; what they really hold the cgroup counts.
  const auto threads = static_cast<rlim_t>(std::max(limits.max_threads, 1));
  constexpr rlim_t kStack = 8u << 20;
  set(RLIMIT_DATA, limits.memory_bytes + threads * kStack);
  set(RLIMIT_STACK, kStack);
  set(RLIMIT_MEMLOCK, 64u << 10);
  set(RLIMIT_MSGQUEUE, 0);
  set(RLIMIT_RTPRIO, 0);
  set(RLIMIT_NICE, 0);
  set(RLIMIT_SIGPENDING, 1024);
  if (context.own_user) set(RLIMIT_NPROC, threads);
  if (limits.cpu_seconds > 0) {
    const auto seconds = static_cast<rlim_t>(limits.cpu_seconds);
    add(RLIMIT_CPU, seconds, seconds + 1);
  }
  // RLIMIT_DATA forgets memory that is filled and then made read-only. Without a cgroup the address
  // space is the only other bound; wide enough for lent buffers, stacks and malloc's arenas.
  if (!context.memory_counted && !limits.gpu_driver)
    set(RLIMIT_AS, 2 * limits.memory_bytes + threads * (160ull << 20) + (16ull << 30));
  return list;
}

}  // namespace aisp
