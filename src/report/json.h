// results.json: what a program reads after a run (schemas/run.schema.json).
#pragma once

#include <string>
#include <vector>

#include "judge/result.h"
#include "judge/run_info.h"
#include "ledger/names.h"
#include "ledger/result_json.h"

namespace aisp {

inline constexpr int kResultsSchemaVersion = 1;

// One entry of `results` per implementation; targets that could not be run stand in `errors`.
// Numbers that are not finite, and intervals with one, are null. `run.key` is null until the run
// has ended.
Json results_json(const RunInfo& run, const std::vector<TargetResult>& results, RunState state);
// The state follows from finished_at: finished or running.
Json results_json(const RunInfo& run, const std::vector<TargetResult>& results);

// `aisp bench list-targets --format json` (schemas/list_targets.schema.json).
struct TargetListing {
  std::string target;
  std::string chapter;
  std::string goal;
  std::vector<std::string> devices;
  std::vector<std::string> implementations;
};
Json list_targets_json(const std::vector<TargetListing>& targets);

}  // namespace aisp
