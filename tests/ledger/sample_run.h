// Recordings with a value in every field, for tests of the ledger and of the reports.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "judge/result.h"
#include "judge/run_info.h"

namespace aisp::testing {

inline RunInfo sample_run(const std::string& id = "20260131T120000Z__bench__minimal__ch01-gemm") {
  RunInfo run;
  run.id = id;
  run.started_at = "2026-01-31T12:00:00Z";
  run.finished_at = "2026-01-31T12:01:00Z";
  run.key_hex = "00ff17";
  run.profile = "minimal";
  run.validity_profile = "portable";
  run.targets = {"ch01:gemm", "ch01:copy"};
  run.argv = {"aisp", "bench", "run", "-t", "ch01:gemm", "--note", "it's"};
  run.config = {{"profile", "minimal"}, {"rounds", "20"}};
  run.config_hash = "abc123";
  run.machine = {{"cpu", "a | b"}, {"cores", "2"}};
  run.software = {{"aisp", "0.1.0"}};
  run.isolation = "full";
  run.environment = {
      {"governor", FindingStatus::not_run, FindingKind::environment, "no cpufreq", false}};
  return run;
}

inline Window sample_window(int i) {
  Window w;
  w.round = i / 2;
  w.position = i % 2;
  w.kind = static_cast<WindowKind>(i % 3);
  w.calls = 1 + i % 4;
  w.started_ns = 1'000'000'000'000 + i;
  w.sealed_ns = 40'000 + i;
  w.done_ns = 12'000 + i;
  w.claim_ns = 5'000 + i;
  w.claim_span_ns = 5'100 + i;
  w.claim_min_ns = 1'200 + i;
  w.claim_sane = i % 5 != 0;
  w.cpu_ns = 6'000 + i;
  w.cpu_outside_ns = i % 7;
  w.threads = 1 + i % 3;
  w.resident_bytes = 1'000'000u + static_cast<unsigned>(i);
  w.steal_ns = i % 11;
  w.calls_verified = 1 + i % 4;
  w.calls_wrong = i % 2;
  w.calls_by_reference = i % 3;
  w.poison_intact = i % 6 != 0;
  return w;
}

inline ImplementationResult sample_implementation(const std::string& name, Part part, int windows) {
  ImplementationResult r;
  r.implementation = name;
  r.part = part;
  r.file = "targets/ch01/gemm/" + name + ".so";
  r.content_hash = std::string(64, 'a');
  r.correct = true;
  r.honest = true;
  r.time_ns = stats::Interval{12340, 12100, 12600};
  if (part != Part::baseline) {
    r.comparison = stats::Comparison::faster;
    r.speedup = stats::Interval{2.1, 2.051, 2.148};
    r.ceiling = Ceiling{"openblas", 0.87};
  }
  r.time_source = "slope";
  r.claim_ns = 12300.5;
  r.slope_ns = 12345.25;
  r.rounds = 20;
  r.calls_timed = 120;
  r.calls_verified = 140;
  r.findings = {
      {"values", FindingStatus::pass, FindingKind::correctness, "all 140 calls are right", true},
      {"claim", FindingStatus::not_run, FindingKind::honesty, "not asked", false}};
  r.sentence = name + " did what it should.";
  Observation& o = r.observation;
  o.target = "ch01:gemm";
  o.implementation = name;
  o.is_baseline = part == Part::baseline;
  o.flops = 2e9;
  o.bytes = 3e6;
  o.cold_bytes = 1e6;
  o.calibration = {6000, 12000, 36000, 700, 45, 30, 200};
  o.peaks = {1.5e11, 2e10, "measured"};
  o.outputs.resize(1);
  o.outputs[0].name = "c";
  o.outputs[0].dtype = "fp32";
  o.outputs[0].tolerance = "rtol 1e-05";
  o.outputs[0].why = "sums of 4096 terms";
  o.outputs[0].baseline_error_rms = 1e-7;
  CompareStats& stats = o.outputs[0].against_reference;
  stats.elements = 4096;
  stats.mismatches = 2;
  stats.max_abs_error = 3e-6;
  stats.max_allowed_ratio = 0.625;
  stats.error_sum_squares = 4096e-12;
  stats.first_bad_index = 17;
  stats.want_is_constant = false;
  o.invariant_violations = {"row 3 does not sum to one"};
  o.band_damage = {{"c", -8, 4}};
  o.inputs_changed = 1;
  o.inputs_checked = 4096;
  o.inputs_sealed = true;
  o.replays_compared = 3;
  o.replays_different = 1;
  o.replay_max_ratio = 0.25;
  o.memory_peak_bytes = 3u << 20;
  o.memory_after_setup_bytes = 2u << 20;
  o.memory_limit_bytes = 1u << 30;
  o.setup_ns = 54321;
  o.end = WorkerEnd::killed;
  o.end_detail = "signal 11 (SIGSEGV) in round 3";
  o.last_output = "bye";
  o.isolation_missing = {"landlock"};
  o.config_hash_before = "h1";
  o.config_hash_after = "h2";
  for (int i = 0; i < windows; ++i) o.windows.push_back(sample_window(i));
  return r;
}

inline TargetResult sample_target(const std::string& name = "ch01:gemm", int windows = 12) {
  TargetResult t;
  t.target = name;
  t.goal = "speed";
  t.summary = "C = A B";
  t.isolation = "partial (no landlock)";
  t.stop_reason = "interval";
  t.elapsed_s = 1.5;
  t.phases = {{"starting workers", 0.5}, {"rounds", 1}};
  t.device_readings = {{1'000'000'000, 1980, 350.5, 41, false},
                       {1'100'000'000, 1755, 699, -1, true}};
  t.implementations = {sample_implementation("baseline", Part::baseline, windows),
                       sample_implementation("optimized_avx512", Part::optimized, windows)};
  return t;
}

// A folder of its own for each test, removed at its end.
class Folder {
 public:
  Folder() {
    std::string name = ::testing::TempDir() + "aisp-XXXXXX";
    path_ = ::mkdtemp(name.data());
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() {
    std::error_code ignored;  // a read-only test folder is the test's to clean
    std::filesystem::remove_all(path_, ignored);
  }
  std::string operator/(const std::string& name) const { return (path_ / name).string(); }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

inline std::string contents(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace aisp::testing
