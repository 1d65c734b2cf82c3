#include "device/cpu/machine_peaks.h"

#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstring>
#include <fstream>
#include <random>
#include <set>
#include <span>

#include "base/clock.h"
#include "base/huge_pages.h"
#include "device/cpu/on_all_cpus.h"
#include "device/cpu/peak_kernels.h"

namespace aisp {
namespace {

constexpr std::int64_t kArithmeticSteps = 400'000;
constexpr std::int64_t kLongWarmUpNs =
    20'000'000;  // wide instructions run slowly until their units have power
constexpr std::int64_t kReadNs = 3'000'000;  // of one try at a level
constexpr std::size_t kSmallestStream = 64u << 20, kLargestStream = 512u << 20;
constexpr double kScale = 3.0;

class Pages {
 public:
  explicit Pages(std::size_t bytes) : bytes_(bytes) {
    void* at = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (at == MAP_FAILED) return;
    at_ = at;
    prefer_huge_pages(at_, bytes_);  // else the page tables are measured as well
  }
  Pages(const Pages&) = delete;
  Pages& operator=(const Pages&) = delete;
  ~Pages() {
    if (at_ != nullptr) munmap(at_, bytes_);
  }
  void* get() const { return at_; }
  std::span<double> doubles() const { return {static_cast<double*>(at_), bytes_ / 8}; }

 private:
  void* at_ = nullptr;
  std::size_t bytes_;
};

double seconds_since(std::int64_t begin) {
  return static_cast<double>(std::max<std::int64_t>(1, monotonic_ns() - begin)) * 1e-9;
}

std::size_t cache_bytes(int name) {
  const long bytes = sysconf(name);
  return bytes > 0 ? static_cast<std::size_t>(bytes) : 0;
}

int cores_of(const std::vector<int>& cpus) {
  std::set<std::string> cores;
  for (const int cpu : cpus) {
    std::ifstream in(
        fmt::format("/sys/devices/system/cpu/cpu{}/topology/thread_siblings_list", cpu));
    std::string list;
    if (!(in >> list)) return 0;
    cores.insert(list);
  }
  return static_cast<int>(cores.size());
}

class Measurement {
 public:
  explicit Measurement(const MachinePeakOptions& options)
      : options_(options), cpus_(usable_cpus()) {}

  MachinePeakReport run() {
    report_.cpus = static_cast<int>(cpus_.size());
    report_.cores = cores_of(cpus_);
    clock();
    for (const ArithmeticKernel& kernel : arithmetic_kernels()) arithmetic(kernel);
    levels();
    stream();
    return std::move(report_);
  }

 private:
  // The fastest CPU's: others may be busy with somebody else's work.
  void clock() {
    options_.progress("clock");
    std::vector<double> best(cpus_.size(), 0);
    constexpr std::int64_t kAdditions = 800'000;  // 0.2 to 0.4 ms: rarely interrupted
    on_all(cpus_, [&](std::size_t i) {
      for (int attempt = 0; attempt < 20 * options_.tries; ++attempt) {
        const std::int64_t begin = monotonic_ns();
        const bool right = dependent_additions(kAdditions) == kAdditions;
        const double rate = static_cast<double>(kAdditions) / seconds_since(begin);
        if (right) best[i] = std::max(best[i], rate);
      }
    });
    report_.clock_hertz = *std::max_element(best.begin(), best.end());
    if (report_.clock_hertz == 0) report_.wrong.push_back("additions");
  }

  void arithmetic(const ArithmeticKernel& kernel) {
    const std::string name = fmt::format("{} {}", kernel.type, kernel.isa);
    options_.progress(name);
    const double operations =
        kernel.operations * kArithmeticChains * static_cast<double>(kArithmeticSteps);
    std::vector<double> best(cpus_.size(), 0);
    std::atomic<bool> wrong{false};
    on_all(cpus_, [&](std::size_t i) {
      for (const std::int64_t begin = monotonic_ns(); monotonic_ns() - begin < kLongWarmUpNs;)
        if (!kernel.run(kArithmeticSteps / 10)) wrong = true;
      for (int attempt = 0; attempt < options_.tries; ++attempt) {
        const std::int64_t begin = monotonic_ns();
        const bool right = kernel.run(kArithmeticSteps);
        const double rate = operations / seconds_since(begin);
        if (!right) wrong = true;
        if (right) best[i] = std::max(best[i], rate);
      }
    });
    ArithmeticPeak peak{kernel.type, kernel.isa, wrong ? 0 : sum_of(best), 0};
    if (wrong) report_.wrong.push_back(name);
    if (!wrong && report_.clock_hertz > 0)
      peak.per_cycle = *std::max_element(best.begin(), best.end()) / report_.clock_hertz;
    report_.arithmetic.push_back(peak);
  }

  void levels() {
    const std::size_t l1 = cache_bytes(_SC_LEVEL1_DCACHE_SIZE);
    const std::size_t l2 = cache_bytes(_SC_LEVEL2_CACHE_SIZE);
    const std::size_t l3 = cache_bytes(_SC_LEVEL3_CACHE_SIZE);
    if (l1 > 0) level("L1", l1 / 2);
    if (l2 > l1) level("L2", l1 + (l2 - l1) / 2);
    // The last level is everybody's; half of it, shared out.
    if (l3 > l2) level("L3", std::max(2 * l2, l3 / 2 / cpus_.size()));
    const std::size_t largest = std::max({l2, l3, std::size_t{8} << 20});
    level("memory", std::clamp(4 * largest / cpus_.size(), std::size_t{32} << 20,
                               (std::size_t{512} << 20) / cpus_.size()));
  }

  void level(const std::string& name, std::size_t bytes) {
    options_.progress(name);
    bytes = std::max<std::size_t>(4096, bytes / 4096 * 4096);
    LevelPeak peak;
    peak.name = name;
    peak.bytes = bytes;
    std::vector<double> best(cpus_.size(), 0);
    std::atomic<bool> wrong{false};
    on_all(cpus_, [&](std::size_t i) {
      const Pages pages(bytes);
      if (pages.get() == nullptr) return;
      auto* words = static_cast<std::uint64_t*>(pages.get());
      for (std::size_t k = 0; k < bytes / 8; ++k) words[k] = k * 0x9e3779b97f4a7c15u + i;
      std::uint64_t wanted = 0;
      for (std::size_t k = 0; k < bytes / 8; ++k) wanted += words[k];
      for (int attempt = 0; attempt < options_.tries; ++attempt) {
        std::int64_t passes = 0;
        const std::int64_t begin = monotonic_ns();
        do {
          // Small buffers often enough that the clock is not what is measured.
          for (std::size_t done = 0; done < (256u << 10); done += bytes, ++passes)
            if (sum_words(pages.get(), bytes) != wanted) wrong = true;
        } while (monotonic_ns() - begin < kReadNs);
        const double rate =
            static_cast<double>(passes) * static_cast<double>(bytes) / seconds_since(begin);
        best[i] = std::max(best[i], rate);
      }
    });
    if (wrong) report_.wrong.push_back("reads of " + name);
    peak.read_bytes_per_second = wrong ? 0 : sum_of(best);
    peak.latency_ns = latency(bytes);
    if (peak.latency_ns == 0) report_.wrong.push_back("latency of " + name);
    report_.levels.push_back(peak);
  }

  // A cycle through all lines in random order, so that nothing can be fetched ahead.
  double latency(std::size_t bytes) {
    constexpr std::size_t kLine = 8;  // words
    const Pages pages(bytes);
    if (pages.get() == nullptr) return 0;
    auto* words = static_cast<std::uint64_t*>(pages.get());
    std::vector<std::uint64_t> order(bytes / 64);
    std::iota(order.begin(), order.end(), 0);
    std::mt19937_64 random(42);  // any order will do, and the same each time is easier to compare
    std::shuffle(order.begin() + 1, order.end(), random);
    for (std::size_t k = 0; k < order.size(); ++k)
      words[order[k] * kLine] = order[(k + 1) % order.size()] * kLine;
    const auto lines = static_cast<std::int64_t>(order.size());
    // Whole turns of small cycles; a part of a large one.
    const std::int64_t steps =
        lines < 200'000 ? lines * std::max<std::int64_t>(1, 400'000 / lines) : 200'000;
    const std::uint64_t end = order[static_cast<std::size_t>(steps % lines)] * kLine;
    double best = HUGE_VAL;
    for (int attempt = 0; attempt < options_.tries; ++attempt) {
      const std::int64_t begin = monotonic_ns();
      const bool right = chase(words, 0, steps) == end;
      const double ns = seconds_since(begin) * 1e9 / static_cast<double>(steps);
      if (!right) return 0;
      // Later tries of a large cycle would find what the first one brought into the caches.
      if (attempt == 0 || lines < 200'000) best = std::min(best, ns);
    }
    return best;
  }

  void stream() {
    const std::size_t largest =
        std::max({cache_bytes(_SC_LEVEL2_CACHE_SIZE), cache_bytes(_SC_LEVEL3_CACHE_SIZE),
                  std::size_t{8} << 20});
    const std::size_t whole = options_.stream_bytes != 0
                                  ? options_.stream_bytes
                                  : std::clamp(4 * largest, kSmallestStream, kLargestStream);
    const std::size_t bytes = std::max<std::size_t>(4096, whole / cpus_.size() / 4096 * 4096);
    std::vector<std::unique_ptr<Pages>> a, b, c;
    for (std::size_t i = 0; i < cpus_.size(); ++i)
      for (auto* arrays : {&a, &b, &c}) arrays->push_back(std::make_unique<Pages>(bytes));
    for (std::size_t i = 0; i < cpus_.size(); ++i)
      if (a[i]->get() == nullptr || b[i]->get() == nullptr || c[i]->get() == nullptr) {
        report_.wrong.push_back("STREAM: there is not enough memory");
        return;
      }
    on_all(cpus_, [&](std::size_t i) {  // first touched by whoever uses it
      std::fill(a[i]->doubles().begin(), a[i]->doubles().end(), 1.0);
      std::fill(b[i]->doubles().begin(), b[i]->doubles().end(), 2.0);
      std::fill(c[i]->doubles().begin(), c[i]->doubles().end(), 0.0);
    });
    struct Kernel {
      const char* name;
      int arrays;
      void (*run)(std::span<double> a, std::span<double> b, std::span<double> c);
    };
    const Kernel kernels[] = {
        {"copy", 2, [](auto x, auto, auto z) { stream_copy(x, z); }},
        {"scale", 2, [](auto, auto y, auto z) { stream_scale(kScale, z, y); }},
        {"add", 3, [](auto x, auto y, auto z) { stream_add(x, y, z); }},
        {"triad", 3, [](auto x, auto y, auto z) { stream_triad(kScale, y, z, x); }}};
    double wa = 1, wb = 2, wc = 0;  // what every element must be
    std::vector<double> best(4, 0);
    std::vector<bool> right(4, true);
    for (int attempt = 0; attempt < options_.tries; ++attempt)
      for (std::size_t k = 0; k < 4; ++k) {
        options_.progress(std::string("STREAM ") + kernels[k].name);
        std::vector<double> rates(cpus_.size(), 0);
        on_all(cpus_, [&](std::size_t i) {
          const std::int64_t begin = monotonic_ns();
          kernels[k].run(a[i]->doubles(), b[i]->doubles(), c[i]->doubles());
          rates[i] = static_cast<double>(bytes) * kernels[k].arrays / seconds_since(begin);
        });
        if (k == 0) wc = wa;
        if (k == 1) wb = kScale * wc;
        if (k == 2) wc = wa + wb;
        if (k == 3) wa = wb + kScale * wc;
        const double wanted = k == 1 ? wb : k == 3 ? wa : wc;
        for (std::size_t i = 0; i < cpus_.size(); ++i) {
          const auto written = k == 1   ? b[i]->doubles()
                               : k == 3 ? a[i]->doubles()
                                        : c[i]->doubles();
          if (std::any_of(written.begin(), written.end(), [&](double x) { return x != wanted; }))
            right[k] = false;
        }
        best[k] = std::max(best[k], sum_of(rates));
      }
    for (std::size_t k = 0; k < 4; ++k) {
      if (!right[k]) report_.wrong.push_back(std::string("STREAM ") + kernels[k].name);
      report_.stream.push_back({kernels[k].name, right[k] ? best[k] : 0});
    }
  }

  const MachinePeakOptions& options_;
  std::vector<int> cpus_;
  MachinePeakReport report_;
};

}  // namespace

MachinePeakReport measure_machine_peaks(const MachinePeakOptions& options) {
  return Measurement(options).run();
}

CpuPeaks floor_peaks(const MachinePeakReport& report) {
  CpuPeaks peaks;
  const ArithmeticKernel best = best_fp32_kernel();
  for (const ArithmeticPeak& peak : report.arithmetic)
    if (peak.type == "fp32" && peak.isa == best.isa)
      peaks.flops_per_second = peak.operations_per_second;
  std::size_t bytes = 0;
  for (const LevelPeak& level : report.levels)
    if (level.name == "memory") {
      peaks.bytes_per_second = level.read_bytes_per_second;
      bytes = level.bytes * static_cast<std::size_t>(report.cpus);
    }
  // STREAM's loops write as well; where they move more than reads did, memory can do that.
  for (const StreamPeak& stream : report.stream)
    peaks.bytes_per_second = std::max(peaks.bytes_per_second, stream.bytes_per_second);
  peaks.source =
      fmt::format("measured by `aisp bench peak`: fp32 with {}, reads of {} MiB, {} CPUs", best.isa,
                  bytes >> 20, report.cpus);
  return peaks;
}

}  // namespace aisp
