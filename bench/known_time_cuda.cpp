// How true is a reported time on a GPU? Kernels that wait a known time by the GPU's own clock, judged by the
// production path; and a few that are not what they seem. Arguments: seconds a target (default 2).
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include "bench/gpu_match.h"
#include "guard/device_times.h"
#include "judge/times.h"
#include "stats/order.h"

namespace {

using bench::GpuWork;

aisp::JudgeOptions options_for(double seconds) {
  aisp::JudgeOptions options = bench::gpu_options();
  options.time_limit_s = seconds;
  options.interval = 0.001;
  return options;
}

void print_findings(const aisp::ImplementationResult& row, bool all) {
  for (const aisp::Finding& f : row.findings)
    if ((all && (f.guard == "claim" || f.guard == "slope" || f.guard == "one_by_one" ||
                 f.guard == "progress" || f.guard == "device_quiet" || f.guard == "replay")) ||
        f.status == aisp::FindingStatus::fail ||
        (f.required && f.status == aisp::FindingStatus::not_run))
      std::printf("      %-12s %-7s %s\n", f.guard.c_str(),
                  std::string(aisp::to_string(f.status)).c_str(), f.message.c_str());
}

double spread(const aisp::Observation& o, auto&& value) {
  std::vector<double> values;
  for (const aisp::Window& w : o.windows)
    if (w.kind == aisp::WindowKind::timed) values.push_back(value(w));
  return values.empty() ? 0 : aisp::stats::median_absolute_deviation(values);
}

const aisp::ImplementationResult* show(const aisp::TargetResult& result, const char* what) {
  static aisp::ImplementationResult row;
  if (result.implementations.empty()) {
    std::printf("%s: %s\n", what, result.error.c_str());
    return nullptr;
  }
  row = result.implementations.back();
  const aisp::Observation& o = row.observation;
  const aisp::guard::DeviceTimes t = aisp::guard::device_times(o);
  const aisp::Calibration& c = o.calibration;
  std::printf(
      "%s: reported %.3f us [%.3f %.3f] (%s); claim %.3f sealed %.3f slope %.3f host %.3f us a "
      "call; "
      "allowed %.3f, slope %.3f; %d windows, %d calls\n",
      what, row.time_ns ? row.time_ns->estimate / 1e3 : 0, row.time_ns ? row.time_ns->low / 1e3 : 0,
      row.time_ns ? row.time_ns->high / 1e3 : 0, row.time_source.c_str(), t.claim / 1e3,
      t.sealed / 1e3, t.slope / 1e3, t.host / 1e3, t.tolerance / 1e3, t.slope_tolerance / 1e3,
      row.rounds, t.calls);
  std::printf(
      "      null: hand-over %.1f us (p99 %.1f), sealed %.1f us (MAD %.2f), a call more %.3f us, "
      "its host %.3f us, "
      "one by one %.3f us a call, prepare %.1f us (MAD %.1f), %d windows; MAD of done - claim "
      "%.2f, "
      "sealed - claim here "
      "%.2f us; "
      "speedup %.4f [%.4f %.4f]; %.2f s, %s\n",
      c.handover_ns / 1e3, c.handover_p99_ns / 1e3, c.sealed_ns / 1e3, c.sealed_mad_ns / 1e3,
      c.per_call_ns / 1e3, c.host_call_ns / 1e3, c.one_by_one_call_ns / 1e3, c.prepare_ns / 1e3,
      c.prepare_mad_ns / 1e3, c.windows,
      spread(o, [](const aisp::Window& w) { return static_cast<double>(w.done_ns - w.claim_ns); }) /
          1e3,
      spread(o,
             [](const aisp::Window& w) { return static_cast<double>(w.sealed_ns - w.claim_ns); }) /
          1e3,
      row.speedup ? row.speedup->estimate : 0, row.speedup ? row.speedup->low : 0,
      row.speedup ? row.speedup->high : 0, result.elapsed_s, result.stop_reason.c_str());
  print_findings(row, true);
  std::fflush(stdout);
  return &row;
}

}  // namespace

int main(int argc, char** argv) {
  const double seconds = argc > 1 ? std::atof(argv[1]) : 2;
  const char* const part = argc > 2 ? argv[2] : "all";
  bool all = true;
  for (const bool cold : {true, false}) {
    if (std::strcmp(part, "odd") == 0) break;
    double nothing = 0;
    for (const double us : {0.0, 2.0, 5.0, 10.0, 100.0, 1000.0, 10'000.0, 50'000.0}) {
      if (!cold && us > 10) break;
      aisp::JudgeOptions options = options_for(seconds);
      options.cold = cold;
      const aisp::TargetResult result =
          bench::judge_gpu(bench::gpu_problem(GpuWork::spin, us * 1e3), 1, options);
      char what[64];
      std::snprintf(what, sizeof what, "spin %g us%s", us, cold ? "" : ", hot");
      const auto* row = show(result, what);
      if (row == nullptr || !row->time_ns) {
        all = false;
        continue;
      }
      const double reported = row->time_ns->estimate / 1e3;
      if (us == 0) nothing = reported;
      const double over = reported - us;
      const double less = reported - nothing - us;
      const aisp::guard::DeviceTimes t = aisp::guard::device_times(row->observation);
      const double allowed = us >= 100 ? 0.001 * us : 0.1;
      const double agree = us >= 100 ? 0.005 : us >= 10 ? 0.02 : 1e9;
      const double slope_off = t.apart > 0 && t.claim > 0 ? t.slope / t.claim - 1 : 0;
      const bool met = over <= 1.1 && std::fabs(less) <= allowed && std::fabs(slope_off) <= agree &&
                       row->honest.value_or(false) && row->correct.value_or(false);
      all = all && met;
      std::printf(
          "  => %s: %+.3f us (at most 1.1), less no spin %+.3f us (at most %.3f), slope "
          "%+.2f %% of the claim%s: %s\n",
          what, over, less, allowed, 100 * slope_off, t.apart > 0 ? "" : " (one size)",
          met ? "met" : "NOT MET");
    }
  }
  if (std::strcmp(part, "known") != 0) {
    const auto odd = [&](GpuWork mode, double us, const char* what) {
      show(bench::judge_gpu(bench::gpu_problem(mode, us * 1e3), 1, options_for(seconds)), what);
    };
    odd(GpuWork::launches, 1, "480 launches in a call (honest)");
    odd(GpuWork::side_stream, 100, "a joined side stream, 100 us (honest)");
    odd(GpuWork::overlapped, 100, "calls overlapped on eight streams, 100 us (not honest)");
    odd(GpuWork::overlapped, 20, "calls overlapped on eight streams, 20 us (not honest)");
    odd(GpuWork::leftover, 100, "a kernel left running after each window (not honest)");
    show(bench::judge_gpu(bench::gpu_problem(GpuWork::copy, 0, 8 << 20), 1, options_for(seconds)),
         "copy of 64 MiB (honest)");
    show(bench::judge_gpu(bench::gpu_problem(GpuWork::copy, 0, 1 << 17), 1, options_for(seconds)),
         "copy of 1 MiB (honest)");
  }
  return all ? 0 : 1;
}
