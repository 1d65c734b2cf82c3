// How true is a reported time? Kernels that spin a known time, judged by the production path, with
// Google Benchmark timing the same code in the same run.
#include <benchmark/benchmark.h>

#include <array>
#include <cmath>
#include <cstdio>
#include <map>
#include <string>
#include <vector>

#include "../testbed/spin.h"
#include "bench/testbed_match.h"
#include "judge/times.h"
#include "stats/order.h"

namespace {

struct Known {
  const char* target;
  double ns;
  double allowed;  // relative error
};
constexpr std::array<Known, 4> kKnown{{{"spin_1us", 1e3, 0.02},
                                       {"spin_10us", 1e4, 0.02},
                                       {"spin_100us", 1e5, 0.005},
                                       {"spin_1ms", 1e6, 0.005}}};

std::map<std::string, double> google_ns;

void spin_for(benchmark::State& state, double ns) {
  const std::uint64_t ticks = testbed::calibrated_ticks(ns);
  for (auto _ : state) testbed::spin(ticks);
}

class Collect : public benchmark::BenchmarkReporter {
 public:
  bool ReportContext(const Context&) override { return true; }
  void ReportRuns(const std::vector<Run>& runs) override {
    for (const Run& run : runs)
      if (run.aggregate_name == "median")
        google_ns[run.run_name.function_name] = run.GetAdjustedRealTime();
  }
};

}  // namespace

int main() {
  for (const Known& k : kKnown)
    benchmark::RegisterBenchmark(k.target, [&k](benchmark::State& s) { spin_for(s, k.ns); })
        ->UseRealTime()
        ->Repetitions(9)
        ->MinTime(0.05)
        ->Unit(benchmark::kNanosecond);
  Collect collect;
  benchmark::RunSpecifiedBenchmarks(&collect);

  std::printf("%-11s %11s  %22s %9s  %11s %11s  %11s  %s\n", "kernel", "known ns",
              "reported (sealed) ns", "error", "claim ns", "slope ns", "google ns", "");
  bool all = true;
  for (const Known& k : kKnown) {
    aisp::JudgeOptions options = bench::default_options();
    options.time_limit_s = 4;
    options.interval = 0.001;
    const aisp::TargetResult result = bench::judge(k.target, {"baseline", "optimized"}, options);
    const aisp::ImplementationResult& row = result.implementations.front();
    if (!row.time_ns) {
      std::printf("%-11s no time: %s\n", k.target, row.sentence.c_str());
      all = false;
      continue;
    }
    const double error = row.time_ns->estimate / k.ns - 1;
    const double claim_error = row.claim_ns / k.ns - 1;
    const double slope_error = row.slope_ns == 0 ? 0 : row.slope_ns / k.ns - 1;
    const bool met = std::fabs(error) <= k.allowed && std::fabs(claim_error) <= k.allowed &&
                     std::fabs(slope_error) <= k.allowed;
    all = all && met;
    std::printf("%-11s %11.0f  [%.6g %.6g] %.6g %+8.3f%%  %11.6g %11.6g  %11.6g  %s\n", k.target,
                k.ns, row.time_ns->low, row.time_ns->high, row.time_ns->estimate, 100 * error,
                row.claim_ns, row.slope_ns, google_ns[k.target], met ? "met" : "NOT MET");
  }
  std::printf("allowed: 2 %% at 1 and 10 us, 0.5 %% from 100 us, for sealed, claim and slope\n");
  return all ? 0 : 1;
}
