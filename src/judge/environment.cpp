#include "judge/environment.h"

#include <cpuid.h>
#include <fmt/format.h>

#include <cstdlib>
#include <cstring>
#include <fstream>
#include <limits>
#include <sstream>
#include <thread>

namespace aisp {

namespace fs = std::filesystem;

namespace {

constexpr unsigned kHypervisorLeaf = 0x40000000;

std::optional<std::string> read_text(const fs::path& file) {
  std::ifstream in(file);
  if (!in) return std::nullopt;
  std::stringstream text;
  text << in.rdbuf();
  if (in.bad()) return std::nullopt;
  std::string all = text.str();
  all.erase(all.find_last_not_of(" \t\n") + 1);
  return all;
}

// g++ 12 sees optionals of numbers that are not set where there are none: kNone instead.
constexpr std::int64_t kNone = std::numeric_limits<std::int64_t>::min();

std::int64_t whole_number(const std::string& text) {
  char* end = nullptr;
  errno = 0;
  const long long value = std::strtoll(text.c_str(), &end, 10);
  if (errno != 0 || end == text.c_str() || *end != '\0') return kNone;
  return value;
}

// "Name:   123 kB" of /proc/meminfo, in bytes.
std::int64_t meminfo_bytes(const std::string& meminfo, const std::string& name) {
  std::stringstream lines(meminfo);
  for (std::string line; std::getline(lines, line);) {
    if (line.rfind(name + ":", 0) != 0) continue;
    std::stringstream fields(line.substr(name.size() + 1));
    std::int64_t kib = 0;
    if (!(fields >> kib)) return kNone;
    return kib * 1024;
  }
  return kNone;
}

class Probes {
 public:
  explicit Probes(const EnvironmentOptions& options) : options_(options) {}

  std::vector<Finding> run() {
    governor();
    turbo();
    swap();
    cpu_quota();
    memory_limit();
    numa();
    steal();
    load();
    virtualization();
    huge_pages();
    isolation();
    return std::move(findings_);
  }

 private:
  fs::path at(const char* path) const { return options_.root / path; }
  std::optional<std::string> read(const char* path) const { return read_text(at(path)); }
  bool there(const char* path) const {
    std::error_code unreadable;
    return fs::exists(at(path), unreadable);
  }

  void say(const char* guard, FindingStatus status, std::string message, bool required = false) {
    findings_.push_back({guard, status, FindingKind::environment, std::move(message), required});
  }
  void fine(const char* guard, std::string message) {
    say(guard, FindingStatus::pass, std::move(message));
  }
  void bad(const char* guard, std::string message) {
    say(guard, FindingStatus::fail, std::move(message));
  }
  void unknown(const char* guard, std::string message) {
    say(guard, FindingStatus::not_run, std::move(message));
  }

  void governor() {
    constexpr const char* kFile = "sys/devices/system/cpu/cpu0/cpufreq/scaling_governor";
    const auto value = read(kFile);
    if (!value) return unknown("governor", fmt::format("/{} cannot be read", kFile));
    if (*value == "performance") return fine("governor", "the frequency governor is performance");
    bad("governor", fmt::format("the frequency governor is {}, not performance: clocks follow the "
                                "load (cpupower frequency-set -g performance)",
                                *value));
  }

  void turbo() {
    if (const auto no_turbo = read("sys/devices/system/cpu/intel_pstate/no_turbo")) {
      if (*no_turbo == "1") return fine("turbo", "turbo is off");
      return bad("turbo", "turbo is on: clocks depend on temperature and on neighbours");
    }
    if (const auto boost = read("sys/devices/system/cpu/cpufreq/boost")) {
      if (*boost == "0") return fine("turbo", "boost is off");
      return bad("turbo", "boost is on: clocks depend on temperature and on neighbours");
    }
    unknown("turbo", "neither intel_pstate/no_turbo nor cpufreq/boost can be read");
  }

  void swap() {
    const auto text = read("proc/meminfo");
    const std::int64_t total = meminfo_bytes(text.value_or(""), "SwapTotal");
    const std::int64_t free = meminfo_bytes(text.value_or(""), "SwapFree");
    if (total == kNone || free == kNone)
      return unknown("swap", "/proc/meminfo has no SwapTotal and SwapFree");
    const std::int64_t used = total - free;
    if (used <= 0) return fine("swap", "no swap is in use");
    bad("swap", fmt::format("{} MiB of swap are in use: pages may be missing when they are timed",
                            (used + (1 << 20) - 1) >> 20));
  }

  void cpu_quota() {
    if (const auto v2 = read("sys/fs/cgroup/cpu.max")) {
      std::stringstream fields(*v2);
      std::string quota;
      double period = 0;
      if (!(fields >> quota >> period) || period <= 0)
        return unknown("cpu quota", "/sys/fs/cgroup/cpu.max is not understood");
      if (quota == "max") return fine("cpu quota", "no CPU quota");
      const std::int64_t limit = whole_number(quota);
      if (limit == kNone) return unknown("cpu quota", "/sys/fs/cgroup/cpu.max is not understood");
      return quota_is(static_cast<double>(limit) / period);
    }
    const auto quota = read("sys/fs/cgroup/cpu/cpu.cfs_quota_us");
    const auto period = read("sys/fs/cgroup/cpu/cpu.cfs_period_us");
    const std::int64_t q = whole_number(quota.value_or(""));
    const std::int64_t p = whole_number(period.value_or(""));
    if (q == -1) return fine("cpu quota", "no CPU quota");
    if (q > 0 && p > 0) return quota_is(static_cast<double>(q) / static_cast<double>(p));
    // The root group of version 2 has no cpu.max and no limit.
    if (there("sys/fs/cgroup/cgroup.controllers") && !there("sys/fs/cgroup/cgroup.type"))
      return fine("cpu quota", "no CPU quota (root control group)");
    unknown("cpu quota", "neither cpu.max nor cpu.cfs_quota_us can be read");
  }

  void quota_is(double cpus) {
    bad("cpu quota",
        fmt::format("a control group allows {:.2f} CPUs on average: it stops processes "
                    "in the middle of what is timed",
                    cpus));
  }

  void memory_limit() {
    const char* files[] = {"sys/fs/cgroup/memory.max",
                           "sys/fs/cgroup/memory/memory.limit_in_bytes"};
    const auto meminfo = read("proc/meminfo");
    const std::int64_t total = meminfo_bytes(meminfo.value_or(""), "MemTotal");
    for (const char* file : files) {
      const auto text = read(file);
      if (!text) continue;
      if (*text == "max") return fine("memory limit", "no memory limit");
      const std::int64_t limit = whole_number(*text);
      if (limit == kNone || total == kNone)
        return unknown("memory limit", fmt::format("/{} is not understood", file));
      if (limit >= total)
        return fine("memory limit", "no memory limit below this machine's memory");
      return bad("memory limit",
                 fmt::format("a control group allows {} MiB of this machine's {} MiB", limit >> 20,
                             total >> 20));
    }
    if (there("sys/fs/cgroup/cgroup.controllers") && !there("sys/fs/cgroup/cgroup.type"))
      return fine("memory limit", "no memory limit (root control group)");
    unknown("memory limit", "neither memory.max nor memory.limit_in_bytes can be read");
  }

  void numa() {
    const auto online = read("sys/devices/system/node/online");
    if (!online) return unknown("numa", "/sys/devices/system/node/online cannot be read");
    if (*online == "0") return fine("numa", "one NUMA node");
    bad("numa", fmt::format("NUMA nodes {}: times depend on which one memory is on (bind with "
                            "numactl --cpunodebind=0 --membind=0)",
                            *online));
  }

  void steal() {
    const auto stat = read("proc/stat");
    std::stringstream fields(stat.value_or(""));
    std::string name;
    double value[8] = {};
    fields >> name;
    double total = 0;
    for (double& v : value) {
      if (!(fields >> v)) return unknown("steal time", "/proc/stat has no steal time");
      total += v;
    }
    if (name != "cpu" || total <= 0) return unknown("steal time", "/proc/stat is not understood");
    const double share = value[7] / total;
    const std::string text =
        fmt::format("the hypervisor took {:.2f} % of the CPU time since boot", share * 100);
    constexpr double kMuch = 0.01;
    share > kMuch ? bad("steal time", text) : fine("steal time", text);
  }

  void load() {
    const auto text = read("proc/loadavg");
    double one_minute = 0;
    if (!text || !(std::stringstream(*text) >> one_minute))
      return unknown("load", "/proc/loadavg cannot be read");
    constexpr double kBusy = 0.5;
    const std::string message =
        fmt::format("load average {:.2f} at the start, on {} CPUs", one_minute,
                    std::max(1u, std::thread::hardware_concurrency()));
    one_minute > kBusy ? bad("load", message + ": other processes are busy")
                       : fine("load", message);
  }

  void virtualization() {
    const bool hypervisor =
        options_.hypervisor ? *options_.hypervisor : !hypervisor_vendor().empty();
    if (!hypervisor) return fine("virtualization", "no hypervisor");
    const std::string message = "this is a virtual machine: the host decides when its CPUs run";
    if (options_.allow_virtualization)
      return fine("virtualization", message + "; allowed by AISP_ALLOW_VIRTUALIZATION=1");
    say("virtualization", FindingStatus::fail,
        message + " (AISP_ALLOW_VIRTUALIZATION=1 accepts that)", options_.strict);
  }

  void huge_pages() {
    const auto text = read("sys/kernel/mm/transparent_hugepage/enabled");
    const std::size_t open = text ? text->find('[') : std::string::npos;
    const std::size_t close = text ? text->find(']') : std::string::npos;
    if (open == std::string::npos || close == std::string::npos || close < open)
      return unknown("huge pages", "transparent_hugepage/enabled cannot be read");
    fine("huge pages", "transparent huge pages: " + text->substr(open + 1, close - open - 1));
  }

  void isolation() {
    const auto text = read("sys/devices/system/cpu/isolated");
    if (!text) return unknown("isolated cpus", "/sys/devices/system/cpu/isolated cannot be read");
    fine("isolated cpus", text->empty() ? "no CPU is isolated from the scheduler"
                                        : "CPUs isolated from the scheduler: " + *text);
  }

  const EnvironmentOptions& options_;
  std::vector<Finding> findings_;
};

}  // namespace

std::vector<Finding> probe_environment(const EnvironmentOptions& options) {
  return Probes(options).run();
}

std::string environment_refusal(const std::vector<Finding>& findings) {
  for (const Finding& finding : findings)
    if (finding.required && finding.status != FindingStatus::pass) return finding.message;
  return {};
}

bool virtualization_allowed() {
  const char* value = std::getenv("AISP_ALLOW_VIRTUALIZATION");
  return value != nullptr && std::strcmp(value, "1") == 0;
}

std::string hypervisor_vendor() {
  unsigned a = 0, b = 0, c = 0, d = 0;
  if (__get_cpuid(1, &a, &b, &c, &d) == 0) return {};
  constexpr unsigned kHypervisorBit = 1u << 31;
  if ((c & kHypervisorBit) == 0) return {};
  __cpuid(kHypervisorLeaf, a, b, c, d);
  char vendor[13] = {};
  std::memcpy(vendor, &b, 4);
  std::memcpy(vendor + 4, &c, 4);
  std::memcpy(vendor + 8, &d, 4);
  return vendor[0] == '\0' ? "unknown" : vendor;
}

}  // namespace aisp
