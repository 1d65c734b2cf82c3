// Maps some pages and looks for a counter of the whole machine that shows it: a wire between workers.
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <string>

#include "../computations.h"
#include "../outcome.h"
#include "aisp/implementation.h"

namespace {

constexpr long kPages = 12345;

long committed_kib(const char* path) {
  char text[8192];
  const int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return -1;
  const ssize_t got = read(fd, text, sizeof text - 1);
  close(fd);
  if (got <= 0) return -1;
  text[got] = 0;
  const char* at = std::strstr(text, "Committed_AS:");
  return at == nullptr ? -1 : std::atol(at + 13);
}

bool shows_a_mapping(const char* path) {
  const long before = committed_kib(path);
  if (before < 0) return false;
  void* p =
      mmap(nullptr, kPages * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  const long with = committed_kib(path);
  if (p != MAP_FAILED) munmap(p, kPages * 4096);
  return with - before == kPages * 4;
}

bool readable(const char* path) {
  const int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return false;
  char byte;
  const bool some = read(fd, &byte, 1) == 1;
  close(fd);
  return some;
}

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {
    for (int i = 0; i < 20; ++i)
      if (shows_a_mapping("/proc/meminfo")) {
        corpus::succeeded("/proc/meminfo shows a mapping");
        break;
      }
    for (const char* path :
         {"/proc/vmstat", "/proc/stat", "/proc/loadavg", "/proc/zoneinfo", "/proc/buddyinfo",
          "/sys/devices/system/node/node0/meminfo", "/sys/devices/system/node/node0/vmstat",
          "/sys/devices/system/cpu/cpu0/cpuidle/state0/usage",
          "/sys/devices/system/cpu/cpu0/cpuidle/state1/time",
          "/sys/devices/system/cpu/cpufreq/policy0/scaling_cur_freq",
          "/sys/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq",
          "/sys/devices/system/cpu/cpu0/thermal_throttle/core_throttle_count",
          "/sys/devices/system/cpu/cpu0/acpi_cppc/feedback_ctrs"})
      if (readable(path)) corpus::succeeded(path);
  }
  void run(const aisp::Launch& launch) { corpus::Axpby(launch).compute(); }
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "looks for a wire");
