// What the judge itself costs: hand-over, rounds, memory.
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <vector>

#include "bench/testbed_match.h"
#include "device/device.h"
#include "device/layout.h"
#include "stats/order.h"
#include "verify/verifier.h"

namespace {

double seconds(auto&& f) {
  const auto begin = std::chrono::steady_clock::now();
  f();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

double peak_resident_mib() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

}  // namespace

int main() {
  aisp::JudgeOptions options = bench::default_options();
  options.interval = 1e-9;  // never satisfied: run all rounds
  options.time_limit_s = 600;
  options.max_calls_per_window = 1;

  // Hand-over: windows of the null implementation.
  options.max_rounds = 2000;
  aisp::TargetResult spin = bench::judge("spin_1us", {"baseline", "optimized"}, options);
  const aisp::Calibration& c = spin.implementations.front().observation.calibration;
  std::printf(
      "hand-over (GO to DONE, nothing done)   median %.1f us, p99 %.1f us    [at most 12 us "
      "median] %s\n",
      c.handover_ns / 1e3, c.handover_p99_ns / 1e3, c.handover_ns <= 12e3 ? "met" : "NOT MET");
  std::printf("sealed (GO to stop confirmed)          median %.1f us, MAD %.1f us\n",
              c.sealed_ns / 1e3, c.sealed_mad_ns / 1e3);

  // 1,000 rounds of a 1 MiB target.
  options.max_rounds = 1000;
  double rounds_s = 0;
  aisp::TargetResult copy;
  const double total_s = seconds([&] {
    copy = bench::judge("copy1m", {"baseline", "optimized"}, options);
  });
  const auto& windows = copy.implementations.front().observation.windows;
  std::int64_t first = 0, last = 0;
  double kernel_ns = 0;
  for (const auto& implementation : copy.implementations)
    for (const aisp::Window& w : implementation.observation.windows)
      if (w.kind == aisp::WindowKind::timed) kernel_ns += static_cast<double>(w.sealed_ns);
  for (const aisp::Window& w : windows)
    if (w.kind == aisp::WindowKind::timed) {
      if (first == 0) first = w.started_ns;
      last = w.started_ns;
    }
  rounds_s = static_cast<double>(last - first) * 1e-9;
  std::printf(
      "1,000 rounds of copy1m                 %.2f s (with start, pilot, replays: %.2f s)  [at "
      "most 2 s] %s\n",
      rounds_s, total_s, rounds_s <= 2 ? "met" : "NOT MET");

  // What a round must cost: fill the input, run the reference (it runs in every round here, because it costs
  // less than the windows), poison, flush and compare each output, in the precision of the reference.
  auto problem = aisp::LoadedProblem::load(bench::target_dir("copy1m") / "problem.so");
  const auto device = aisp::make_cpu_device();
  auto buffers = device->allocate(***problem, aisp::make_layout(***problem, 64 << 20, 1));
  const auto verifier = aisp::make_host_verifier(***problem, **buffers);
  const int set = 0, slot = 0;
  std::vector<double> fill, reference, poison, flush, compare;
  for (int i = 0; i < 200; ++i) {
    fill.push_back(
        seconds([&] { (*buffers)->draw_inputs(options.key, static_cast<std::uint64_t>(i), 1); }));
    poison.push_back(
        seconds([&] { (*buffers)->poison(options.key, static_cast<std::uint64_t>(i), 1, 1); }));
    flush.push_back(seconds([&] { (*buffers)->make_cold(1, false); }));
    auto& expected = verifier->expected(slot);
    std::span<double> real(expected.front().real);
    std::span<std::int64_t> integer(expected.front().integer);
    reference.push_back(seconds([&] {
      const auto inputs = (*buffers)->input_views(options.key, static_cast<std::uint64_t>(i), set);
      (***problem)
          .reference.get()(aisp::Inputs(inputs, (***problem).params),
                           aisp::Expected({&real, 1}, {&integer, 1}));
      verifier->expected_done(slot);
    }));
    // What is right, as it is in nearly every comparison: the output of a copy is its input.
    const auto from =
        (*buffers)->input_views(options.key, static_cast<std::uint64_t>(i), set).front();
    std::memcpy(const_cast<void*>((*buffers)->output_views(set).front().data), from.data,
                from.tensor->storage_bytes());
    compare.push_back(seconds([&] {
      verifier->compare_expected(aisp::Verifier::kInBuffers, {&set, 1}, {&slot, 1}, 1);
    }));
  }
  const double parts_us = 1e6 * (aisp::stats::median(fill) + aisp::stats::median(reference) +
                                 2 * (aisp::stats::median(poison) + aisp::stats::median(flush) +
                                      aisp::stats::median(compare)));
  // Between starts: what these take is by itself.
  double in_processes_ns = 0, starting_ns = 0;
  int in_processes = 0, starts = 0;
  const aisp::Window* before = nullptr;
  for (const aisp::Window& w : windows) {
    if (w.kind != aisp::WindowKind::timed) continue;
    if (before != nullptr) {
      const auto since_ns = static_cast<double>(w.started_ns - before->started_ns);
      const bool same = w.process == before->process;
      (same ? in_processes_ns : starting_ns) += since_ns;
      ++(same ? in_processes : starts);
    }
    before = &w;
  }
  const double round_us = in_processes_ns / in_processes * 1e-3 - kernel_ns / 1e6;
  if (starts > 0)
    std::printf("starting all sides again              %.1f ms, %d times\n",
                (starting_ns - starts * in_processes_ns / in_processes) / starts * 1e-6, starts);
  std::printf(
      "a round of copy1m, windows not counted %.0f us = fill %.0f + reference %.0f + 2 x (poison "
      "%.0f + flush %.0f + compare %.0f) + %.0f us    [at most + 100 us] %s\n",
      round_us, 1e6 * aisp::stats::median(fill), 1e6 * aisp::stats::median(reference),
      1e6 * aisp::stats::median(poison), 1e6 * aisp::stats::median(flush),
      1e6 * aisp::stats::median(compare), round_us - parts_us,
      round_us - parts_us <= 100 ? "met" : "NOT MET");

  // Memory: 64 MiB in, 64 MiB out.
  const double before_mib = peak_resident_mib();
  options.max_rounds = 12;
  bench::judge("copy64m", {"baseline", "optimized"}, options);
  const double buffers_mib = 128;
  const double used_mib = peak_resident_mib();
  std::printf(
      "judge memory, copy64m (128 MiB buffers) peak %.0f MiB (before it: %.0f)   [at most 2 x "
      "buffers + 64 = %.0f MiB] %s\n",
      used_mib, before_mib, 2 * buffers_mib + 64,
      used_mib <= 2 * buffers_mib + 64 ? "met" : "NOT MET");
  return 0;
}
