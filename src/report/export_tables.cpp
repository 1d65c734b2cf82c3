// csv and json.
#include <fmt/format.h>

#include "report/export.h"
#include "report/json.h"
#include "report/printable.h"
#include "report/verdict_text.h"

namespace aisp {
namespace {

// Always in quotes. A text that a spreadsheet would take for a formula gets an apostrophe before it.
std::string csv_field(const std::string& text) {
  std::string safe = printable_line(text);
  if (!safe.empty() && std::string("=+-@").find(safe[0]) != std::string::npos) safe = "'" + safe;
  std::string result = "\"";
  for (const char c : safe) {
    if (c == '"') result += '"';
    result += c;
  }
  return result + "\"";
}

std::string proven_text(const std::optional<bool>& value) {
  return !value ? "" : *value ? "true" : "false";
}

std::string three(const std::optional<stats::Interval>& x) {
  return x ? fmt::format("{:.9g},{:.9g},{:.9g}", x->estimate, x->low, x->high) : ",,";
}

}  // namespace

std::string export_csv(const std::vector<ExportedRun>& runs) {
  std::string text =
      "run,started_at,state,target,device,implementation,part,verdict,correct,honest,time_ns,"
      "time_ns_low,time_ns_high,time_source,speedup,speedup_low,speedup_high,rounds,calls_timed,"
      "calls_verified,content_hash,sentence\r\n";
  for (const ExportedRun& run : runs)
    for (const TargetResult& t : run.record.results)
      for (const ImplementationResult& r : t.implementations)
        text +=
            fmt::format("{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}\r\n",
                        csv_field(run.record.info.id), csv_field(run.record.info.started_at),
                        name_of(run.state), csv_field(t.target), csv_field(t.device),
                        csv_field(r.implementation), name_of(r.part), csv_field(verdict_word(r)),
                        proven_text(r.correct), proven_text(r.honest), three(r.time_ns),
                        csv_field(r.time_source), three(r.speedup), r.rounds, r.calls_timed,
                        r.calls_verified, csv_field(r.content_hash), csv_field(r.sentence));
  return text;
}

std::string export_json(const std::vector<ExportedRun>& runs) {
  Json json = {{"schema_version", 1}, {"runs", Json::array()}};
  for (const ExportedRun& run : runs)
    json["runs"].push_back(results_json(run.record.info, run.record.results, run.state));
  return dump(json, 2) + "\n";
}

}  // namespace aisp
