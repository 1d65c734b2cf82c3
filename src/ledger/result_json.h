// Results and manifests as JSON, and back. Numbers that are not finite become null, and text that
// is not UTF-8 gets replacement characters when it is dumped: workers are hostile.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "base/result.h"
#include "judge/result.h"
#include "judge/run_info.h"

namespace aisp {

using Json = nlohmann::ordered_json;

// `indent` < 0: one line. Never throws for invalid UTF-8.
std::string dump(const Json& json, int indent = -1);

// A whole target with its observations, but not their windows, which the ledger keeps as rows. This
// is what the ledger stores; results.json is src/report/json.h.
Json target_result_json(const TargetResult& result);
Result<TargetResult> target_result_from_json(const std::string& text);

// The manifest (schemas/manifest.schema.json). `key` is null until the run has ended (finished_at
// is set): it is secret while workers live.
Json manifest_json(const RunInfo& run);
Result<RunInfo> run_info_from_json(const std::string& text);

}  // namespace aisp
