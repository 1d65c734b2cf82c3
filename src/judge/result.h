// What the judge knows at the end: one TargetResult per target and device, one row per implementation.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "device/device_watch.h"
#include "guard/finding.h"
#include "guard/observation.h"
#include "stats/interval.h"
#include "stats/verdict.h"

namespace aisp {

enum class Part { baseline, optimized, ceiling, candidate, reference_serial };

struct Ceiling {
  std::string name;     // "openblas", "roofline"
  double fraction = 0;  // ceiling's time / this implementation's time; 1 = at the ceiling
};

struct ImplementationResult {
  std::string implementation;  // "baseline", "optimized_avx512", "candidate:my_gemm.cpp"
  Part part = Part::optimized;
  std::string file;          // where the shared object came from
  std::string content_hash;  // BLAKE2b-256 of the shared object, hex

  // Unset = not proven either way.
  std::optional<bool> correct;
  std::optional<bool> honest;
  std::optional<stats::Comparison> comparison;  // unset for the baseline
  std::optional<stats::Interval> speedup;       // baseline time / this time, corrected for variants
  std::optional<stats::Interval> time_ns;       // per call, from the sealed clock
  std::string time_source;                      // "sealed", "slope", "claim"
  double claim_ns = 0;                          // median per call as claimed; 0 = none
  double slope_ns = 0;                          // per call from windows of two sizes; 0 = none

  int rounds = 0;
  std::int64_t calls_timed = 0;
  std::int64_t calls_verified = 0;
  std::optional<Ceiling> ceiling;
  std::vector<Finding> findings;
  std::string sentence;  // one sentence that says what happened
  // Why it is no direction although the interval leaves 1 out; empty = it does not, or nothing forbids it.
  std::string undecided;
  // Others in its match made it what it is: their calls left it windows of one call, or it was let go for their sake.
  bool wants_own_match = false;
  Observation observation;
};

// How many processes the timed windows are of.
int processes_timed(const ImplementationResult& result);

// What a part of the judging took: "starting workers", "warm-up", "rounds", "asking the same again", "ending".
struct Phase {
  std::string name;
  double seconds = 0;
};

struct TargetResult {
  std::string target;
  std::string device = "cpu";
  std::string goal;
  std::string summary;
  std::string
      signature;  // problem_signature(); empty in runs that were recorded before there was one
  // "cold" or "hot", ", graph replay" behind it where calls were that; empty in older runs.
  std::string mode;
  std::string isolation;  // "full", or "partial (no landlock, …)"
  std::string stop_reason;
  double elapsed_s = 0;
  // In the order in which they began; empty in older runs.
  std::vector<Phase> phases;
  // What the device told while its windows ran; empty on a CPU, and in older runs.
  std::vector<DeviceReading> device_readings;
  std::string error;  // why the target could not be run at all; empty = it ran
  std::vector<ImplementationResult> implementations;
};

}  // namespace aisp
