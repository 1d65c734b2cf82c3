#include "report/export.h"

#include <fmt/format.h>

namespace aisp {

std::optional<ExportFormat> export_format(const std::string& name) {
  if (name == "csv") return ExportFormat::csv;
  if (name == "json") return ExportFormat::json;
  if (name == "google-benchmark") return ExportFormat::google_benchmark;
  if (name == "nvbench") return ExportFormat::nvbench;
  if (name == "junit") return ExportFormat::junit;
  if (name == "openmetrics") return ExportFormat::openmetrics;
  return std::nullopt;
}

std::vector<double> window_times_ns(const ImplementationResult& result) {
  std::vector<double> times;
  const Calibration& null_cost = result.observation.calibration;
  for (const Window& w : result.observation.windows) {
    if (w.kind != WindowKind::timed || w.calls < 1) continue;
    const double handover = null_cost.sealed_ns + (w.calls - 1) * null_cost.per_call_ns;
    times.push_back((static_cast<double>(w.sealed_ns) - handover) / w.calls);
  }
  return times;
}

Result<std::string> export_runs(const std::vector<ExportedRun>& runs, ExportFormat format) {
  switch (format) {
    case ExportFormat::csv: return export_csv(runs);
    case ExportFormat::json: return export_json(runs);
    default: break;
  }
  if (runs.size() != 1)
    return Error{"export", fmt::format("{} runs", runs.size()), "this format holds one run",
                 "Name one run, or use csv or json"};
  switch (format) {
    case ExportFormat::google_benchmark: return export_google_benchmark(runs.front());
    case ExportFormat::nvbench: return export_nvbench(runs.front());
    case ExportFormat::junit: return export_junit(runs.front());
    case ExportFormat::openmetrics: return export_openmetrics(runs.front());
    default: return Error{"export", "", "unknown format", ""};
  }
}

}  // namespace aisp
