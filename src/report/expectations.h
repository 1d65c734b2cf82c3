// What was accepted of a target on one kind of hardware, and whether a new run keeps to it.
//
// A file expectations_<hardware>.json lies beside the chapter. It follows schema 2 of the Python
// harness that this one succeeds (schema_version, hardware_key, examples with metrics, metadata and
// provenance), and has under "aisp" what a decision by intervals needs. Each example has a checksum:
// a file is changed by `expectations update` and by nothing else, and merging keeps whole examples.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "report/compare_runs.h"

namespace aisp {

// What one implementation did when somebody accepted it.
struct Acceptance {
  std::string run;        // its id
  std::string timestamp;  // when it was accepted, ISO 8601
  std::string git_commit;
  std::string content_hash;
  int rounds = 0;
  stats::Interval time_ns{};
  std::optional<stats::Interval> speedup;  // none for the baseline
};

struct ExpectedImplementation {
  Acceptance first;  // never replaced while the signature stays: drift is seen against it
  Acceptance last;
};

struct ExpectedTarget {
  std::string name;    // "gemm"
  std::string device;  // "cpu"
  std::string goal;
  std::string signature;  // problem_signature()
  std::map<std::string, ExpectedImplementation> implementations;
  std::string profile, validity_profile, environment;  // "virtualized" or "bare metal"
};

struct Expectations {
  std::string hardware_key;
  std::map<std::string, ExpectedTarget> targets;  // by name within the chapter
};

// "cpu_amd_epyc_9b14", "h200": letters, digits and '_'. From the manifest of a run.
std::string hardware_key(const RunInfo& run, const std::string& device);
std::filesystem::path expectations_file(const std::filesystem::path& chapters,
                                        const std::string& chapter, const std::string& key);

// Errors name the line. `file` decides the hardware key that it must have.
Result<Expectations> read_expectations(std::string_view text, const std::string& file);
std::string expectations_text(const Expectations& expectations);

enum class ExpectationStatus {
  as_expected,   // no difference that matters, by its interval
  faster,        // by its interval
  slower,        // by its interval: a regression
  drifted,       // not slower than what was accepted last, and slower than what was first
  unsure,        // the interval is too wide
  not_accepted,  // incorrect, dishonest or not proven now
  other_work,    // the signature differs: times do not compare
  missing,       // expected, and not in the run
  new_one        // in the run, and not expected
};
std::string_view name_of(ExpectationStatus status);
// slower, drifted, not_accepted, other_work and missing.
bool is_regression(ExpectationStatus status);

struct ExpectationCheck {
  std::string target, implementation;
  ExpectationStatus status = ExpectationStatus::unsure;
  std::optional<stats::Interval> now, expected;  // speedups, or times of what has none
  std::optional<stats::Interval> against_last, against_first;  // times faster; > 1 is faster
  std::string note;
};
std::vector<ExpectationCheck> check_expectations(const Expectations& expectations,
                                                 const std::vector<TargetResult>& results);

// Takes over what the run shows and what is accepted in it. Returns what was changed and what was left
// out, one line each.
std::vector<std::string> update_expectations(Expectations& expectations, const RunRecord& run,
                                             const std::vector<TargetResult>& results,
                                             const std::string& now);

}  // namespace aisp
