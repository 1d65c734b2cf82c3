// A made-up recording of an honest implementation, which every test then bends in one place.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "guard/guards.h"

namespace aisp::guard::testing {

inline constexpr double kCallNs = 100e3;  // what a call of honest_recording() takes
inline constexpr int kManyCalls = 20;

// What a null window of so many calls costs in honest_recording().
inline double null_window_ns(int calls) { return 17e3 + (calls - 1) * 50.0; }

// A window of `calls` calls that take `call_ns` each, told truthfully and verified.
inline Window honest_window(int round, int calls, double call_ns = kCallNs) {
  Window w;
  w.round = round;
  w.calls = calls;
  w.sealed_ns = static_cast<std::int64_t>(null_window_ns(calls) + calls * call_ns);
  w.done_ns = w.sealed_ns - 6'000;
  w.claim_ns = static_cast<std::int64_t>(calls * (call_ns + 30));
  w.claim_span_ns = w.claim_ns;
  w.claim_min_ns = w.claim_ns / calls;
  w.cpu_ns = static_cast<std::int64_t>(calls * call_ns);
  w.threads = 1;
  w.slowed = 0;
  w.resident_bytes = 40u << 20;
  w.calls_verified = calls;
  w.calls_by_reference = round % 2 == 0 ? calls : 0;
  return w;
}

// 24 rounds of 100 µs a call in windows of 1 and 20 calls, 4 pairs of replays, an fp32 output of
// 65,536 elements from sums of 512 terms, a machine of 1 TFLOP/s and 100 GB/s.
inline Observation honest_recording() {
  Observation o;
  o.target = "made:up";
  o.implementation = "optimized";
  o.flops = 2.0 * 512 * 65'536;
  o.bytes = o.cold_bytes = 4.0 * 3 * 65'536;
  o.calibration = {11e3, 27e3, 17e3, 300, 50, 30, 100};
  o.peaks = {1e12, 100e9, "made up"};
  for (int round = 0; round < 24; ++round)
    o.windows.push_back(honest_window(round, round % 4 == 3 ? 1 : kManyCalls));
  std::int64_t by_reference = 0, verified = 0;
  for (const Window& w : o.windows) {
    by_reference += w.calls_by_reference;
    verified += w.calls_verified;
  }
  for (int look = 1; look <= 5; ++look)  // stopped after 4, 7, 10, 13, 16 calls
    o.probes.push_back({kManyCalls, static_cast<std::int64_t>(11e3 + (3 * look + 1.5) * kCallNs),
                        honest_window(0, kManyCalls).sealed_ns,
                        static_cast<std::int64_t>((3 * look + 1.5) * kCallNs),
                        static_cast<std::int64_t>(kManyCalls * kCallNs), true, 3 * look + 2,
                        3 * look + 1, 0, 0});
  for (int round = 100; round < 104; ++round)
    for (int position : {0, 1}) {
      Window w = honest_window(round, kManyCalls);
      w.kind = WindowKind::replay;
      w.position = position;
      w.calls_verified = 0;
      w.calls_by_reference = 0;
      o.windows.push_back(w);
    }

  OutputError c;
  c.name = "c";
  c.dtype = "fp32";
  c.tolerance = "1.0e-05 relative + 1.0e-08";
  c.tolerance_factor = 1;
  const auto fill = [](CompareStats& s, std::int64_t calls) {
    s.elements = static_cast<std::uint64_t>(calls) * 65'536;
    s.want_sum_squares = 4.0 * static_cast<double>(s.elements);     // RMS 2
    s.error_sum_squares = 4e-14 * static_cast<double>(s.elements);  // 1e-7 of it
    s.max_allowed_ratio = 0.1;
    s.got_is_constant = s.want_is_constant = false;
  };
  fill(c.against_reference, by_reference);
  fill(c.against_baseline, verified - by_reference);
  c.baseline_error_rms = 3e-7;
  o.outputs.push_back(c);

  o.device_tells_clocks = true;
  o.inputs_checked = 1'000'000;
  o.inputs_sealed = true;
  o.replays_compared = 80;
  o.memory_peak_bytes = 48u << 20;
  o.memory_limit_bytes = 4ull << 30;
  o.config_hash_before = o.config_hash_after = "0123456789abcdef";
  return o;
}

// The same on a GPU: 30 rounds of windows of 20 and 10 calls of 100 µs. A window costs 200 µs, a call in it 2 µs,
// one that is waited for 15 µs; the host needs 6 µs for each.
inline Window honest_device_window(int round, int calls, double call_ns = kCallNs) {
  Window w = honest_window(round, calls, call_ns);
  const double off = 1000.0 * (round % 5 - 2);
  w.sealed_ns = static_cast<std::int64_t>(200e3 + off + calls * (call_ns + 2e3));
  w.done_ns = w.sealed_ns - 50'000;
  w.claim_ns = w.activity_span_ns = w.activity_ns = static_cast<std::int64_t>(calls * call_ns);
  w.device_ns = static_cast<std::int64_t>(calls * (call_ns + 2e3));
  w.host_ns = calls * 3'000;
  w.claim_span_ns = calls * 6'000;
  w.prepare_ns = 400'000;
  return w;
}

inline Window honest_one_by_one_window(int round, int calls, double call_ns = kCallNs) {
  Window w = honest_device_window(round, calls, call_ns);
  w.kind = WindowKind::one_by_one;
  w.sealed_ns += calls * 13'000;
  return w;
}

inline Observation device_recording() {
  Observation o = honest_recording();
  o.on_device = true;
  o.inputs_sealed = false;
  o.inputs_drawn_for_each = true;
  o.freeze_ns = {{{WindowKind::timed, kManyCalls}, 50e3},
                 {{WindowKind::timed, kManyCalls / 2}, 50e3}};
  o.windows.clear();
  o.calibration = {150e3, 180e3, 202e3, 1e3, 2e3, 0, 60};
  o.calibration.added_call_ns = 2e3;
  o.calibration.host_call_ns = 6e3;
  o.calibration.one_by_one_call_ns = 25e3;  // 15 µs, and a twentieth of a window of 20 calls
  for (int round = 0; round < 30; ++round)
    o.windows.push_back(honest_device_window(round, round % 2 == 0 ? kManyCalls : kManyCalls / 2));
  for (int round = 30; round < 36; ++round)
    o.windows.push_back(honest_one_by_one_window(round, kManyCalls));
  for (int look = 0; look < 36; ++look)
    o.device_looks.push_back({400'000, 380'000, false, true, 0});
  return o;
}

inline void each_timed(Observation& o, void (*change)(Window&)) {
  for (Window& w : o.windows)
    if (w.kind == WindowKind::timed) change(w);
}

// The same with `windows` windows of one call that takes `call_ns`.
inline Observation with_alone(int windows, double call_ns = kCallNs) {
  Observation o = honest_recording();
  for (int i = 0; i < windows; ++i) {
    o.windows.push_back(honest_window(50 + i, 1, call_ns));
    o.windows.back().kind = WindowKind::alone;
  }
  return o;
}

inline void expect(FindingStatus status, const Finding& f) {
  EXPECT_EQ(to_string(f.status), to_string(status)) << f.guard << ": " << f.message;
  EXPECT_FALSE(f.message.empty());
}
inline void expect_pass(const Finding& f) { expect(FindingStatus::pass, f); }
inline void expect_fail(const Finding& f) { expect(FindingStatus::fail, f); }
inline void expect_not_run(const Finding& f) { expect(FindingStatus::not_run, f); }

inline void expect_says(const Finding& f, std::string_view text) {
  EXPECT_NE(f.message.find(text), std::string::npos)
      << "\"" << text << "\" is not in: " << f.message;
}

}  // namespace aisp::guard::testing
