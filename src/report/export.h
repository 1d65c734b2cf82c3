// Recorded runs in the formats of other programs, so that dashboards and compare tools that are there
// already read ours. Text from workers is made harmless for each format.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "judge/result.h"
#include "ledger/names.h"
#include "report/compare_runs.h"

namespace aisp {

struct ExportedRun {
  RunRecord record;  // with the windows of each implementation
  RunState state = RunState::finished;
};

enum class ExportFormat { csv, json, google_benchmark, nvbench, junit, openmetrics };
std::optional<ExportFormat> export_format(const std::string& name);  // "google-benchmark", …

// Of one run; csv and json take several.
//
// csv               one line per implementation, RFC 4180
// json              {"schema_version": 1, "runs": […]} of results.json (schemas/export.schema.json)
// google-benchmark  what benchmark's tools/compare.py reads: each timed window a repetition, real_time
//                   its sealed time per call less what the null implementation takes
// nvbench           what nvbench_compare.py reads: one state per implementation
// junit             a test case per implementation: refused is a failure, not proven is skipped
// openmetrics       gauges with the names of target, implementation and device as labels
Result<std::string> export_runs(const std::vector<ExportedRun>& runs, ExportFormat format);

std::string export_csv(const std::vector<ExportedRun>& runs);
std::string export_json(const std::vector<ExportedRun>& runs);
std::string export_google_benchmark(const ExportedRun& run);
std::string export_nvbench(const ExportedRun& run);
std::string export_junit(const ExportedRun& run);
std::string export_openmetrics(const ExportedRun& run);

// Sealed time per call of each timed window, as in judge/times.h but with the recorded calibration.
std::vector<double> window_times_ns(const ImplementationResult& result);

}  // namespace aisp
