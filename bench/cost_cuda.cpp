// What the judge itself costs on a GPU: hand-over, a round, the time to a verdict, many candidates.
// Argument: one of hand-over, round, verdict, many; default all.
#include <chrono>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include "bench/gpu_match.h"
#include "stats/order.h"

namespace {

using bench::GpuWork;

double seconds_since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

const char* met(bool yes) { return yes ? "met" : "NOT MET"; }

void hand_over() {
  aisp::JudgeOptions options = bench::gpu_options();
  options.max_calls_per_window = 1;
  options.min_rounds = options.max_rounds = 200;
  const aisp::TargetResult r =
      bench::judge_gpu(bench::gpu_problem(GpuWork::spin, 10e3), 1, options);
  if (r.implementations.empty()) return void(std::printf("hand-over: %s\n", r.error.c_str()));
  const aisp::Calibration& c = r.implementations.front().observation.calibration;
  std::printf(
      "hand-over (GO to DONE, the kernel's time apart) median %.1f us, p99 %.1f us [at most 160 "
      "us] %s\n",
      c.handover_ns / 1e3, c.handover_p99_ns / 1e3, met(c.handover_ns <= 160e3));
  std::printf(
      "of it, from GO on: resumed after %.1f us, awake after %.1f us, first call after %.1f us "
      "(medians)\n",
      c.resumed_ns / 1e3, c.awake_ns / 1e3, c.lead_ns / 1e3);
  std::printf("sealed (GO to outputs frozen)                   median %.1f us, MAD %.2f us\n",
              c.sealed_ns / 1e3, c.sealed_mad_ns / 1e3);
}

void round_cost() {
  aisp::JudgeOptions options = bench::gpu_options();
  options.max_calls_per_window = 1;
  options.min_rounds = options.max_rounds = 120;
  const aisp::TargetResult r =
      bench::judge_gpu(bench::gpu_problem(GpuWork::copy, 0, 8 << 20), 1, options);
  if (r.implementations.size() < 2) return void(std::printf("round: %s\n", r.error.c_str()));
  std::vector<double> rounds, windows;
  std::int64_t previous = 0;
  for (const aisp::Window& w : r.implementations.front().observation.windows) {
    if (w.kind != aisp::WindowKind::timed) continue;
    // Rounds whose reference ran on the host are left out: that is the problem's cost.
    if (previous != 0 && w.calls_by_reference == 0)
      rounds.push_back(static_cast<double>(w.started_ns - previous) / 1e3);
    previous = w.started_ns;
    windows.push_back(static_cast<double>(w.sealed_ns) / 1e3);
  }
  if (rounds.empty()) return void(std::printf("round: no round without the reference\n"));
  const double round = aisp::stats::median(rounds);
  std::printf(
      "a round, 64 MiB in and out, two implementations and the null one now and then: median %.0f "
      "us (10 %%: %.0f us) "
      "over %zu rounds, of which a window is %.0f us [at most 1,200 us] %s\n",
      round, aisp::stats::quantile(rounds, 0.1), rounds.size(), aisp::stats::median(windows),
      met(round <= 1200));
}

void verdict() {
  aisp::JudgeOptions options = bench::gpu_options();
  options.interval = 0.005;
  std::chrono::steady_clock::time_point up;
  const auto begin = std::chrono::steady_clock::now();
  const aisp::TargetResult r = bench::judge_gpu(bench::gpu_problem(GpuWork::spin, 100e3), 1,
                                                options, [&](const aisp::Progress& p) {
                                                  if (p.phase == "warm-up")
                                                    up = std::chrono::steady_clock::now();
                                                });
  const double took = seconds_since(up);
  if (r.implementations.size() < 2) return void(std::printf("verdict: %s\n", r.error.c_str()));
  const auto& row = r.implementations.back();
  std::printf(
      "two kernels of 100 us, +-0.5 %%: %.2f s after the workers were up (%.2f s in all), %d "
      "rounds, speedup %.4f [%.4f %.4f], "
      "correct %d honest %d, %s [at most 1.5 s] %s\n",
      took, seconds_since(begin), row.rounds, row.speedup ? row.speedup->estimate : 0,
      row.speedup ? row.speedup->low : 0, row.speedup ? row.speedup->high : 0,
      row.correct.value_or(false), row.honest.value_or(false), r.stop_reason.c_str(),
      met(took <= 1.5 && row.correct.value_or(false) && row.honest.value_or(false)));
}

void many() {
  aisp::JudgeOptions options = bench::gpu_options();
  const auto begin = std::chrono::steady_clock::now();
  constexpr int kCandidates = 40;
  constexpr int kAtOnce = 8;
  int verdicts = 0;
  double starting = 0;
  for (int left = kCandidates; left > 0; left -= kAtOnce) {
    const auto group = std::chrono::steady_clock::now();
    std::chrono::steady_clock::time_point up = group;
    const aisp::TargetResult r =
        bench::judge_gpu(bench::gpu_problem(GpuWork::spin, 100e3), std::min(left, kAtOnce), options,
                         [&](const aisp::Progress& p) {
                           if (p.phase == "warm-up") up = std::chrono::steady_clock::now();
                         });
    starting += std::chrono::duration<double>(up - group).count();
    if (!r.error.empty()) std::printf("many: %s\n", r.error.c_str());
    for (const auto& row : r.implementations)
      verdicts += row.part == aisp::Part::optimized && row.correct && row.honest && *row.correct &&
                  *row.honest;
    std::printf("  group of %d: %.2f s, %s, %d rounds\n", kAtOnce, seconds_since(group),
                r.stop_reason.c_str(),
                r.implementations.empty() ? 0 : r.implementations.back().rounds);
    if (!r.implementations.empty())
      std::printf("    %s\n", r.implementations.back().sentence.c_str());
  }
  const double took = seconds_since(begin);
  std::printf(
      "%d candidates of 100 us, own workers, groups of %d: %d proven in %.1f s (%.1f s of it "
      "starting workers), %.0f a minute [at least 60] %s\n",
      kCandidates, kAtOnce, verdicts, took, starting, 60 * verdicts / took,
      met(60 * verdicts / took >= 60));
}

}  // namespace

int main(int argc, char** argv) {
  const std::string part = argc > 1 ? argv[1] : "all";
  if (part == "all" || part == "hand-over") hand_over();
  if (part == "all" || part == "round") round_cost();
  if (part == "all" || part == "verdict") verdict();
  if (part == "all" || part == "many") many();
}
