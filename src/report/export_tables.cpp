// csv and json.
#include <fmt/format.h>

#include "report/export.h"
#include "report/json.h"
#include "report/printable.h"
#include "report/verdict_text.h"

namespace aisp {
namespace {

// Always in quotes. A text that a spreadsheet would take for a formula gets an apostrophe before it.
std::string quoted(const std::string& text) {
  std::string safe = printable_line(text);
  if (!safe.empty() && std::string("=+-@").find(safe[0]) != std::string::npos) safe = "'" + safe;
  std::string result = "\"";
  for (const char c : safe) {
    if (c == '"') result += '"';
    result += c;
  }
  return result + "\"";
}

std::string proven(const std::optional<bool>& value) {
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
        text += fmt::format("{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}\r\n",
                            quoted(run.record.info.id), quoted(run.record.info.started_at),
                            name_of(run.state), quoted(t.target), quoted(t.device),
                            quoted(r.implementation), name_of(r.part), quoted(verdict_word(r)),
                            proven(r.correct), proven(r.honest), three(r.time_ns),
                            quoted(r.time_source), three(r.speedup), r.rounds, r.calls_timed,
                            r.calls_verified, quoted(r.content_hash), quoted(r.sentence));
  return text;
}

std::string export_json(const std::vector<ExportedRun>& runs) {
  Json json = {{"schema_version", 1}, {"runs", Json::array()}};
  for (const ExportedRun& run : runs)
    json["runs"].push_back(results_json(run.record.info, run.record.results, run.state));
  return dump(json, 2) + "\n";
}

}  // namespace aisp
