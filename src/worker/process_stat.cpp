#include "worker/process_stat.h"

#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>
#include <system_error>

#include "base/fd.h"

namespace aisp {
namespace {

// The kernel's encoding of "scheduler clock of process pid" (clock_getcpuclockid does the same, and
// asks the kernel once more whether the process exists).
clockid_t process_clock(pid_t pid) {
  return static_cast<clockid_t>(~static_cast<unsigned>(pid) << 3 | 2u);
}

std::uint64_t field_kib(const char* text, const char* name) {
  const char* at = std::strstr(text, name);
  return at == nullptr ? 0 : std::strtoull(at + std::strlen(name), nullptr, 10) * 1024;
}

std::size_t read_file(const char* path, char* buffer, std::size_t size) {
  const UniqueFd fd(open(path, O_RDONLY | O_CLOEXEC));
  if (!fd) return 0;
  const ssize_t n = read(fd.get(), buffer, size - 1);
  const std::size_t length = n > 0 ? static_cast<std::size_t>(n) : 0;
  buffer[length] = 0;
  return length;
}

}  // namespace

std::int64_t process_cpu_ns(pid_t pid) {
  timespec t;
  if (clock_gettime(process_clock(pid), &t) != 0) return -1;
  return static_cast<std::int64_t>(t.tv_sec) * 1'000'000'000 + t.tv_nsec;
}

ProcessStat read_process_stat(pid_t pid) {
  ProcessStat stat;
  char path[64];
  char text[4096];
  std::snprintf(path, sizeof path, "/proc/%d/status", pid);
  if (read_file(path, text, sizeof text) == 0) return stat;
  const char* threads = std::strstr(text, "\nThreads:");
  if (threads != nullptr) stat.threads = std::atoi(threads + 9);
  stat.private_bytes = field_kib(text, "\nRssAnon:");
  const std::uint64_t shared = field_kib(text, "\nRssShmem:") + field_kib(text, "\nRssFile:");
  const std::uint64_t peak = field_kib(text, "\nVmHWM:");
  stat.private_peak_bytes = peak > shared ? peak - shared : 0;
  return stat;
}

cpu_set_t where_threads_are_pinned(pid_t pid) {
  cpu_set_t pinned;
  CPU_ZERO(&pinned);
  std::error_code failure;
  const std::filesystem::path threads = "/proc/" + std::to_string(pid) + "/task";
  for (std::filesystem::directory_iterator at(threads, failure), end; !failure && at != end;
       at.increment(failure)) {
    const int thread = std::atoi(at->path().filename().c_str());
    cpu_set_t allowed;
    if (thread <= 0 || thread == pid || sched_getaffinity(thread, sizeof allowed, &allowed) != 0)
      continue;
    if (CPU_COUNT(&allowed) == 1) CPU_OR(&pinned, &pinned, &allowed);
  }
  return pinned;
}

namespace {

// The first line of /proc/stat: user, nice, system, idle, iowait, irq, softirq, steal; in ticks.
std::array<unsigned long long, 8> machine_ticks() {
  std::array<unsigned long long, 8> v{};
  char text[512];
  if (read_file("/proc/stat", text, sizeof text) == 0) return v;
  if (std::sscanf(text, "cpu %llu %llu %llu %llu %llu %llu %llu %llu", &v[0], &v[1], &v[2], &v[3],
                  &v[4], &v[5], &v[6], &v[7]) != 8)
    v.fill(0);
  return v;
}

std::int64_t ticks_to_ns(unsigned long long ticks) {
  return static_cast<std::int64_t>(ticks) * 1'000'000'000 / sysconf(_SC_CLK_TCK);
}

}  // namespace

std::int64_t machine_busy_ns() {
  const auto v = machine_ticks();
  return ticks_to_ns(v[0] + v[1] + v[2] + v[5] + v[6]);
}

std::int64_t machine_steal_ns() { return ticks_to_ns(machine_ticks()[7]); }

}  // namespace aisp
