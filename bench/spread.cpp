// At equal wall time, whose interval of the ratio A/B is narrower: ours, with every call verified on
// fresh cold inputs, or Google Benchmark's with random interleaving? Once with the machine quiet and
// once with another process loading the second core.
//   spread [seconds]      wall time for each harness and case, default 5
#include <benchmark/benchmark.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <vector>

#include "../testbed/blocked_gemm.h"
#include "../testbed/spin.h"
#include "base/clock.h"
#include "bench/testbed_match.h"
#include "stats/interval.h"

namespace {

void spin_100us(benchmark::State& state) {
  const std::uint64_t ticks = testbed::calibrated_ticks(1e5);
  for (auto _ : state) testbed::spin(ticks);
}

void copy_64mib(benchmark::State& state) {
  static std::vector<float> in(16 << 20, 1.0F), out(16 << 20);
  for (auto _ : state) {
    std::memcpy(out.data(), in.data(), in.size() * sizeof(float));
    benchmark::ClobberMemory();
  }
}

void gemm_512(benchmark::State& state) {
  static std::vector<float> a(512 * 512, 1.5F), b(512 * 512, 0.5F), c(512 * 512);
  for (auto _ : state) {
    testbed::multiply(a.data(), b.data(), c.data(), 512, 512, 512);
    benchmark::ClobberMemory();
  }
}

struct Case {
  const char* name;
  const char* target;
  void (*body)(benchmark::State&);
};
const Case kCases[] = {{"spin 100 us", "spin_100us", spin_100us},
                       {"copy 64 MiB", "copy64m", copy_64mib},
                       {"gemm 512", "gemm512", gemm_512}};

std::map<std::string, std::vector<double>> samples;

class Collect : public benchmark::BenchmarkReporter {
 public:
  bool ReportContext(const Context&) override { return true; }
  void ReportRuns(const std::vector<Run>& runs) override {
    for (const Run& run : runs)
      if (run.run_type == Run::RT_Iteration)
        samples[run.run_name.function_name].push_back(run.GetAdjustedRealTime());
  }
};

double relative_width(const std::optional<aisp::stats::Interval>& i) {
  return i ? (i->high - i->low) / i->estimate : 1e9;
}

class Load {
 public:
  explicit Load(bool on) {
    if (!on) return;
    pid_ = fork();
    if (pid_ == 0)
      for (volatile unsigned i = 0;;) i = i + 1;
  }
  Load(const Load&) = delete;
  Load& operator=(const Load&) = delete;
  ~Load() {
    if (pid_ <= 0) return;
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }

 private:
  pid_t pid_ = -1;
};

}  // namespace

int main(int argc, char** argv) {
  const double seconds = argc > 1 ? std::atof(argv[1]) : 5;
  std::string flags[] = {"spread", "--benchmark_enable_random_interleaving=true",
                         "--benchmark_report_aggregates_only=false"};
  std::vector<char*> arguments;
  for (std::string& f : flags) arguments.push_back(f.data());
  int count = static_cast<int>(arguments.size());
  benchmark::Initialize(&count, arguments.data());

  std::printf("%-12s %-7s  %28s  %28s\n", "A/A of", "machine", "ours: rounds, width, wall",
              "google: reps, width, wall");
  bool all = true;
  for (const bool loaded : {false, true}) {
    const Load load(loaded);
    for (const Case& c : kCases) {
      aisp::JudgeOptions options = bench::default_options();
      options.interval = 1e-9;
      // Wall time of the whole target: start, warm-up and replays count against us.
      const std::int64_t begin = aisp::monotonic_ns();
      options.time_limit_s = seconds * 0.9;
      const aisp::TargetResult result = bench::judge(c.target, {"baseline", "baseline"}, options);
      const double ours_s = static_cast<double>(aisp::monotonic_ns() - begin) * 1e-9;
      const auto& row = result.implementations.back();

      samples.clear();
      benchmark::ClearRegisteredBenchmarks();
      // 20 repetitions of each side is what gives Google Benchmark its narrowest sign-test interval
      // per second without making each of them too short to be timed.
      constexpr int kRepetitions = 20;
      const double min_time = ours_s / (2 * kRepetitions) * 0.8;
      for (const char* side : {"A", "B"})
        benchmark::RegisterBenchmark(side, c.body)
            ->UseRealTime()
            ->Repetitions(kRepetitions)
            ->MinTime(min_time);
      Collect collect;
      const std::int64_t google_begin = aisp::monotonic_ns();
      benchmark::RunSpecifiedBenchmarks(&collect);
      const double google_s = static_cast<double>(aisp::monotonic_ns() - google_begin) * 1e-9;
      const auto theirs = aisp::stats::speedup_interval(samples["A"], samples["B"], 0.95);
      const double ours_width = relative_width(row.speedup);
      const double their_width = relative_width(theirs);
      const bool met = ours_width <= their_width;
      all = all && met;
      std::printf("%-12s %-7s  %8d  %8.3f %%  %6.2f s  %8zu  %8.3f %%  %6.2f s  %s%s\n", c.name,
                  loaded ? "loaded" : "quiet", row.rounds, 100 * ours_width, ours_s,
                  samples["A"].size(), 100 * their_width, google_s, met ? "met" : "NOT MET",
                  row.correct == true && row.honest == true ? "" : "  (not proven)");
      std::fflush(stdout);
    }
  }
  return all ? 0 : 1;
}
