#include "device/cpu/peaks.h"

#include <cpuid.h>

#include <fmt/format.h>
#include <sched.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/huge_pages.h"
#include "base/isa.h"
#include "device/cpu/on_all_cpus.h"
#include "device/cpu/peak_kernels.h"

namespace aisp {
namespace {

constexpr std::int64_t kSteps = 200'000;
constexpr int kTries = 5;
constexpr std::int64_t kShortWarmUpNs = 10'000'000;
constexpr std::size_t kSmallestBuffer = 64ull << 20;  // of all CPUs together
// Where the last-level cache is that large, part of the reads hits it: the peak is then too high,
// and the floor under claimed times too low, which accuses nobody who is innocent.
constexpr std::size_t kLargestBuffer = 256ull << 20;
// A neighbour makes a measurement too low, and a floor made of it accuses the innocent: the first few
// runs all measure, and the highest numbers are kept.
constexpr int kMeasurements = 5;
constexpr auto kCacheLifetime = std::chrono::hours(24 * 7);
constexpr int kCacheVersion = 3;

double measure_flops(const std::vector<int>& cpus, const ArithmeticKernel& kernel) {
  const double flops = kernel.operations * kArithmeticChains * static_cast<double>(kSteps);
  std::vector<double> best(cpus.size(), 0);
  on_all(cpus, [&](std::size_t i) {
    // Wide instructions run slowly until their units have power.
    for (const std::int64_t begin = monotonic_ns(); monotonic_ns() - begin < kShortWarmUpNs;)
      if (!kernel.run(kSteps / 10)) return;  // nonsense: its rate stays 0, and unknown is no floor
    for (int attempt = 0; attempt < kTries; ++attempt) {
      const std::int64_t begin = monotonic_ns();
      const bool right = kernel.run(kSteps);
      const auto ns = static_cast<double>(std::max<std::int64_t>(1, monotonic_ns() - begin));
      if (right) best[i] = std::max(best[i], flops / ns * 1e9);
    }
  });
  return sum_of(best);
}

std::size_t last_level_cache_bytes() {
  std::size_t largest = 0;
  for (const int name : {_SC_LEVEL2_CACHE_SIZE, _SC_LEVEL3_CACHE_SIZE, _SC_LEVEL4_CACHE_SIZE}) {
    const long bytes = sysconf(name);
    if (bytes > 0) largest = std::max(largest, static_cast<std::size_t>(bytes));
  }
  return largest;
}

// Twice the last-level cache and more, read once from end to end: little of it can be cached.
std::size_t buffer_bytes() {
  return std::clamp(2 * last_level_cache_bytes(), kSmallestBuffer, kLargestBuffer);
}

double measure_bandwidth(const std::vector<int>& cpus) {
  const std::size_t bytes = buffer_bytes() / cpus.size() / 4096 * 4096;
  std::vector<double> best(cpus.size(), 0);
  on_all(cpus, [&](std::size_t i) {
    void* pages = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED) return;  // its rate stays 0: unknown is no floor
    prefer_huge_pages(pages, bytes);  // otherwise page faults take longer than the reads
    std::memset(pages, 1, bytes);
    const std::uint64_t wanted = 0x0101010101010101u * (bytes / 8);
    for (int attempt = 0; attempt < 3; ++attempt) {
      const std::int64_t begin = monotonic_ns();
      const bool right = sum_words(pages, bytes) == wanted;
      const auto ns = static_cast<double>(std::max<std::int64_t>(1, monotonic_ns() - begin));
      if (right) best[i] = std::max(best[i], static_cast<double>(bytes) / ns * 1e9);
    }
    munmap(pages, bytes);
  });
  return sum_of(best);
}

// What the numbers belong to.
std::string machine_key() {
  std::ifstream in("/proc/cpuinfo");
  std::string model = "unknown CPU";
  for (std::string line; std::getline(in, line);) {
    if (line.rfind("model name", 0) != 0) continue;
    model = line.substr(std::min(line.size(), line.find(':') + 2));
    break;
  }
  return fmt::format("{} x {}", model, usable_cpus().size());
}

std::int64_t now_seconds() {
  return std::chrono::duration_cast<std::chrono::seconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

struct Cached {
  CpuPeaks peaks;
  nlohmann::ordered_json details;  // of `aisp bench peak`; null = none
  int measurements = 0;
  std::int64_t measured_at = 0;  // the first of them
};

enum class CacheState { good, absent, other, damaged };

CacheState read_cache(const std::filesystem::path& file, Cached& cached) {
  std::ifstream in(file);
  if (!in) return CacheState::absent;
  const auto json = nlohmann::ordered_json::parse(in, nullptr, false);
  if (!json.is_object()) return CacheState::damaged;
  const auto number = [&](const char* name) {
    const auto at = json.find(name);
    return at != json.end() && at->is_number() ? at->get<double>() : -1.0;
  };
  const auto text = [&](const char* name) {
    const auto at = json.find(name);
    return at != json.end() && at->is_string() ? at->get<std::string>() : std::string();
  };
  CpuPeaks& peaks = cached.peaks;
  peaks = {number("flops_per_second"), number("bytes_per_second"), text("source")};
  const double measured_at = number("measured_at"), measurements = number("measurements");
  // A core does up to some 10^11 a second; beyond 10^16 it is no CPU.
  const auto sane = [](double v) { return std::isfinite(v) && v >= 1e6 && v <= 1e16; };
  if (!sane(peaks.flops_per_second) || !sane(peaks.bytes_per_second) || peaks.source.empty() ||
      measured_at < 0 || measured_at > 1e12 || measurements < 1 || measurements > 1e6)
    return CacheState::damaged;
  cached.details = json.value("details", nlohmann::ordered_json());
  cached.measurements = static_cast<int>(measurements);
  cached.measured_at = static_cast<std::int64_t>(measured_at);
  if (number("version") != kCacheVersion || text("machine") != machine_key())
    return CacheState::other;
  const double age = static_cast<double>(now_seconds()) - measured_at;
  const double lifetime =
      static_cast<double>(std::chrono::duration_cast<std::chrono::seconds>(kCacheLifetime).count());
  return age >= 0 && age <= lifetime ? CacheState::good : CacheState::other;
}

// Replaced as a whole, so that another run reads the old or the new one.
bool write_cache(const std::filesystem::path& file, const Cached& cached) {
  const CpuPeaks& peaks = cached.peaks;
  nlohmann::ordered_json json = {{"version", kCacheVersion},
                                 {"machine", machine_key()},
                                 {"measured_at", cached.measured_at},
                                 {"measurements", cached.measurements},
                                 {"flops_per_second", peaks.flops_per_second},
                                 {"bytes_per_second", peaks.bytes_per_second},
                                 {"source", peaks.source}};
  if (!cached.details.is_null()) json["details"] = cached.details;
  const std::string draft = file.string() + fmt::format(".{}", getpid());
  std::ofstream out(draft);
  out << json.dump(2) << '\n';
  out.close();
  if (out.good() && std::rename(draft.c_str(), file.c_str()) == 0) return true;
  std::remove(draft.c_str());
  return false;
}

}  // namespace

double low_precision_speedup() {
  unsigned a = 0, b = 0, c = 0, d = 0;
  const bool amx = __get_cpuid_count(7, 0, &a, &b, &c, &d) != 0 && (d >> 24 & 1) != 0;
  return amx ? 32 : 4;
}

CpuPeaks measure_cpu_peaks() {
  const std::vector<int> cpus = usable_cpus();
  CpuPeaks peaks;
  const ArithmeticKernel kernel = best_fp32_kernel();
  peaks.flops_per_second = measure_flops(cpus, kernel);
  peaks.bytes_per_second = measure_bandwidth(cpus);
  peaks.source =
      fmt::format("measured: {} {} with {}, reads of {} MiB, {} CPUs", kernel.type,
                  best_isa() == Isa::sse2 ? "multiplications and additions" : "multiply-adds",
                  kernel.isa, buffer_bytes() >> 20, cpus.size());
  return peaks;
}

CachedPeaks cpu_peaks(const std::filesystem::path& file) {
  CachedPeaks result;
  Cached cached;
  const CacheState state = read_cache(file, cached);
  if (state == CacheState::good && cached.measurements >= kMeasurements) {
    result.peaks = cached.peaks;
    return result;
  }
  if (state == CacheState::damaged)
    result.notice = "the cached peaks in " + file.string() + " were damaged: measured anew";
  if (state != CacheState::good) cached = {{}, {}, 0, now_seconds()};
  const CpuPeaks now = measure_cpu_peaks();
  cached.peaks.flops_per_second = std::max(cached.peaks.flops_per_second, now.flops_per_second);
  cached.peaks.bytes_per_second = std::max(cached.peaks.bytes_per_second, now.bytes_per_second);
  cached.peaks.source = now.source;
  ++cached.measurements;
  result.peaks = cached.peaks;
  if (!write_cache(file, cached))
    result.notice += (result.notice.empty() ? "" : "; ") +
                     ("the measured peaks could not be kept in " + file.string());
  return result;
}

bool keep_measured_peaks(const std::filesystem::path& file, const CpuPeaks& peaks,
                         const std::string& details) {
  Cached cached;
  if (read_cache(file, cached) != CacheState::good) cached = {{}, {}, 0, now_seconds()};
  CpuPeaks& kept = cached.peaks;
  kept.flops_per_second = std::max(kept.flops_per_second, peaks.flops_per_second);
  kept.bytes_per_second = std::max(kept.bytes_per_second, peaks.bytes_per_second);
  kept.source = peaks.source;
  cached.measurements = std::max(cached.measurements, kMeasurements);
  cached.details = nlohmann::ordered_json::parse(details, nullptr, false);
  return write_cache(file, cached);
}

}  // namespace aisp
