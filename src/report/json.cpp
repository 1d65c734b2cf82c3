#include "report/json.h"
#include "report/verdict_text.h"

#include <cmath>
#include <optional>

namespace aisp {

namespace {

Json json_number(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

// For quantities where zero means that there is none.
Json number_or_null(double value) { return value == 0 ? Json(nullptr) : json_number(value); }

Json proven(std::optional<bool> value) { return value ? Json(*value) : Json(nullptr); }

bool finite(const stats::Interval& interval) {
  return std::isfinite(interval.estimate) && std::isfinite(interval.low) &&
         std::isfinite(interval.high);
}

Json interval_json(const std::optional<stats::Interval>& interval) {
  if (!interval || !finite(*interval)) return nullptr;
  return {{"estimate", interval->estimate}, {"low", interval->low}, {"high", interval->high}};
}

Json time_json(const ImplementationResult& r) {
  Json json = interval_json(r.time_ns);
  if (!json.is_null()) json["source"] = r.time_source;
  return json;
}

Json ceiling_json(const std::optional<Ceiling>& ceiling) {
  if (!ceiling) return nullptr;
  return {{"name", ceiling->name}, {"fraction", json_number(ceiling->fraction)}};
}

Json finding_json(const Finding& f) {
  return {{"guard", f.guard},
          {"status", to_string(f.status)},
          {"kind", to_string(f.kind)},
          {"required", f.required},
          {"message", f.message}};
}

// Errors found in the outputs; null when nothing was compared this way.
Json errors_json(const CompareStats& stats) {
  if (stats.elements == 0) return nullptr;
  const double rms = std::sqrt(stats.error_sum_squares / static_cast<double>(stats.elements));
  return {{"elements", stats.elements},
          {"mismatches", stats.mismatches},
          {"nans", stats.nans},
          {"infs", stats.infs},
          {"stale", stats.stale},
          {"max_abs_error", json_number(stats.max_abs_error)},
          {"max_allowed_ratio", json_number(stats.max_allowed_ratio)},
          {"error_rms", json_number(rms)}};
}

Json tolerance_json(const OutputError& output) {
  return {{"output", output.name},
          {"dtype", output.dtype},
          {"tolerance", output.tolerance},
          {"why", output.why},
          {"against_reference", errors_json(output.against_reference)},
          {"against_baseline", errors_json(output.against_baseline)},
          {"baseline_error_rms",
           output.baseline_error_rms < 0 ? Json(nullptr) : json_number(output.baseline_error_rms)}};
}

Json entry_json(const TargetResult& target, const ImplementationResult& r) {
  const Observation& seen = r.observation;
  Json json = Json::object();
  json["target"] = target.target;
  json["device"] = target.device;
  json["mode"] = target.mode.empty() ? Json(nullptr) : Json(target.mode);
  json["implementation"] = r.implementation;
  json["part"] = name_of(r.part);
  json["correct"] = proven(r.correct);
  json["honest"] = proven(r.honest);
  json["verdict"] = verdict_word(r);
  json["comparison"] = r.comparison ? Json(name_of(*r.comparison)) : Json(nullptr);
  // As in the table: of what was refused it is no speedup, whoever reads that and not the rest.
  json["speedup"] = refused(r) ? Json(nullptr) : interval_json(r.speedup);
  json["time_ns"] = time_json(r);
  json["claim_ns"] = number_or_null(r.claim_ns);
  json["slope_ns"] = number_or_null(r.slope_ns);
  json["setup_ns"] = seen.setup_ns;
  json["rounds"] = r.rounds;
  json["processes"] = processes_timed(r);
  json["calls_timed"] = r.calls_timed;
  json["calls_verified"] = r.calls_verified;
  json["isolation"] = target.isolation;
  json["ceiling"] = ceiling_json(r.ceiling);
  json["memory_peak_bytes"] = seen.memory_peak_bytes;
  json["content_hash"] = r.content_hash;
  json["stop_reason"] = target.stop_reason;
  json["sentence"] = r.sentence;
  json["tolerance"] = Json::array();
  for (const OutputError& output : seen.outputs)
    json["tolerance"].push_back(tolerance_json(output));
  json["findings"] = Json::array();
  for (const Finding& f : r.findings) json["findings"].push_back(finding_json(f));
  return json;
}

Json run_json(const RunInfo& run, RunState state) {
  const bool key_is_public = !run.finished_at.empty() && !run.key_hex.empty();
  Json json = Json::object();
  json["id"] = run.id;
  json["started_at"] = run.started_at;
  json["finished_at"] = run.finished_at.empty() ? Json(nullptr) : Json(run.finished_at);
  json["key"] = key_is_public ? Json(run.key_hex) : Json(nullptr);
  json["profile"] = run.profile;
  json["validity_profile"] = run.validity_profile;
  json["config_hash"] = run.config_hash;
  json["isolation"] = run.isolation;
  json["state"] = name_of(state);
  return json;
}

}  // namespace

Json results_json(const RunInfo& run, const std::vector<TargetResult>& results, RunState state) {
  Json json = Json::object();
  json["schema_version"] = kResultsSchemaVersion;
  json["run"] = run_json(run, state);
  json["results"] = Json::array();
  json["errors"] = Json::array();
  for (const TargetResult& target : results) {
    for (const ImplementationResult& r : target.implementations)
      json["results"].push_back(entry_json(target, r));
    if (!target.error.empty())
      json["errors"].push_back({{"target", target.target}, {"message", target.error}});
  }
  return json;
}

Json results_json(const RunInfo& run, const std::vector<TargetResult>& results) {
  return results_json(run, results,
                      run.finished_at.empty() ? RunState::running : RunState::finished);
}

Json list_targets_json(const std::vector<TargetListing>& targets) {
  Json json = Json::object();
  json["schema_version"] = kResultsSchemaVersion;
  json["targets"] = Json::array();
  for (const TargetListing& t : targets)
    json["targets"].push_back({{"target", t.target},
                               {"chapter", t.chapter},
                               {"devices", t.devices},
                               {"implementations", t.implementations},
                               {"goal", t.goal}});
  return json;
}

}  // namespace aisp
