#include "redteam/recording_json.h"

#include <cmath>
#include <stdexcept>

namespace aisp::redteam {
namespace {

Json number(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

Json interval_json(const std::optional<stats::Interval>& interval) {
  if (!interval || !std::isfinite(interval->low) || !std::isfinite(interval->high) ||
      !std::isfinite(interval->estimate))
    return nullptr;
  return {{"estimate", interval->estimate}, {"low", interval->low}, {"high", interval->high}};
}

Json row_json(const Row& row) {
  Json json = {{"kind", to_string(row.kind)},
               {"name", row.name},
               {"class", row.klass},
               {"title", row.title},
               {"target", row.target},
               {"device", row.device},
               {"repeat", row.repeat},
               {"outcome", to_string(row.outcome)},
               {"why", row.why}};
  if (row.kind == Kind::attack) {
    json["expected"] = to_string(row.expected);
    json["ends"] = row.ends;
    json["mechanism"] = row.mechanism;
    json["checklist"] = row.checklist;
    json["guards"] = row.guards();
    json["alone"] = row.guards().size() == 1;
    json["gain"] = interval_json(row.gain);
    json["control"] = interval_json(row.control);
    json["said"] = row.said;
  }
  json["speedup"] = interval_json(row.speedup);
  json["sentence"] = row.sentence;
  json["rounds"] = row.rounds;
  json["tries"] = row.tries;
  json["seconds"] = number(row.seconds);
  Json findings = Json::array();
  for (const Finding& f : row.findings) {
    if (row.kind != Kind::attack && f.status == FindingStatus::pass) continue;
    findings.push_back({{"guard", f.guard},
                        {"status", to_string(f.status)},
                        {"kind", to_string(f.kind)},
                        {"required", f.required},
                        {"message", f.message}});
  }
  json["findings"] = std::move(findings);
  return json;
}

template <class E>
E enum_of(const std::string& word, std::initializer_list<E> values) {
  for (const E value : values)
    if (to_string(value) == word) return value;
  throw std::invalid_argument("'" + word + "' is none of the words that can stand there");
}

std::optional<stats::Interval> interval_of(const Json& json) {
  if (json.is_null()) return std::nullopt;
  return stats::Interval{json.at("estimate").get<double>(), json.at("low").get<double>(),
                         json.at("high").get<double>()};
}

Row row_of(const Json& json) {
  Row row;
  row.kind = enum_of(json.at("kind").get<std::string>(),
                     {Kind::attack, Kind::twin, Kind::honest, Kind::bystander});
  json.at("name").get_to(row.name);
  json.at("class").get_to(row.klass);
  json.at("title").get_to(row.title);
  json.at("target").get_to(row.target);
  json.at("device").get_to(row.device);
  json.at("repeat").get_to(row.repeat);
  row.outcome = enum_of(json.at("outcome").get<std::string>(),
                        {Outcome::rejected, Outcome::harmless, Outcome::missed, Outcome::not_run,
                         Outcome::accepted, Outcome::accused, Outcome::not_proven});
  json.at("why").get_to(row.why);
  if (row.kind == Kind::attack) {
    row.expected =
        enum_of(json.at("expected").get<std::string>(),
                {Expected::rejected, Expected::clean, Expected::either, Expected::policy});
    json.at("ends").get_to(row.ends);
    json.at("mechanism").get_to(row.mechanism);
    json.at("checklist").get_to(row.checklist);
    row.gain = interval_of(json.at("gain"));
    row.control = interval_of(json.at("control"));
    json.at("said").get_to(row.said);
  }
  row.speedup = interval_of(json.at("speedup"));
  json.at("sentence").get_to(row.sentence);
  json.at("rounds").get_to(row.rounds);
  json.at("tries").get_to(row.tries);
  if (json.at("seconds").is_number()) json.at("seconds").get_to(row.seconds);
  for (const Json& f : json.at("findings")) {
    Finding finding;
    f.at("guard").get_to(finding.guard);
    finding.status = enum_of(f.at("status").get<std::string>(),
                             {FindingStatus::pass, FindingStatus::fail, FindingStatus::not_run});
    finding.kind = enum_of(f.at("kind").get<std::string>(),
                           {FindingKind::correctness, FindingKind::honesty, FindingKind::robustness,
                            FindingKind::environment, FindingKind::policy});
    f.at("required").get_to(finding.required);
    f.at("message").get_to(finding.message);
    row.findings.push_back(std::move(finding));
  }
  return row;
}

Json summary_json(const std::vector<Row>& rows) {
  const Summary s = summarize(rows);
  return {{"attacks", s.attacks}, {"caught", s.caught},        {"harmless", s.harmless},
          {"missed", s.missed},   {"not_run", s.not_run},      {"honest", s.honest},
          {"accused", s.accused}, {"not_proven", s.not_proven}};
}

}  // namespace

Json recording_json(const Recording& r) {
  Json rows = Json::array();
  for (const Row& row : r.rows) rows.push_back(row_json(row));
  return {{"schema_version", kSchemaVersion},
          {"summary", summary_json(r.rows)},
          {"run",
           {{"started_at", r.started_at},
            {"finished_at", r.finished_at},
            {"device", r.device},
            {"hardware", r.hardware},
            {"isolation", r.isolation},
            {"command", r.command},
            {"repeats", r.repeats},
            {"pattern", r.pattern},
            {"part", r.part},
            {"complete", r.complete},
            {"load_average", number(r.load_average)},
            {"machine", r.machine},
            {"software", r.software}}},
          {"rows", std::move(rows)}};
}

std::string recording_text(const Recording& recording) {
  const Json json = recording_json(recording);
  std::string text = "{\n";
  for (const auto& [field, value] : json.items())
    if (field != "rows") text += "\"" + field + "\": " + dump(value) + ",\n";
  text += "\"rows\": [";
  const char* before = "\n";
  for (const Json& row : json.at("rows")) {
    text += before + dump(row);
    before = ",\n";
  }
  return text + "\n]\n}\n";
}

Result<Recording> recording_from_json(const std::string& text) {
  const auto refuse = [](const std::string& why) {
    return Error{"read a recorded run of the corpus", "", why, {}};
  };
  const Json json = Json::parse(text, nullptr, false);
  if (json.is_discarded() || !json.is_object()) return refuse("it is no JSON object");
  try {
    if (json.at("schema_version") != kSchemaVersion)
      return refuse("its schema_version is not " + std::to_string(kSchemaVersion));
    Recording r;
    const Json& run = json.at("run");
    run.at("started_at").get_to(r.started_at);
    run.at("finished_at").get_to(r.finished_at);
    run.at("device").get_to(r.device);
    run.at("hardware").get_to(r.hardware);
    run.at("isolation").get_to(r.isolation);
    run.at("command").get_to(r.command);
    run.at("repeats").get_to(r.repeats);
    run.at("pattern").get_to(r.pattern);
    // Runs that were recorded before 2026-11-28 know no parts, and were written at their end only.
    r.part = run.value("part", "");
    r.complete = run.value("complete", true);
    if (run.at("load_average").is_number()) run.at("load_average").get_to(r.load_average);
    run.at("machine").get_to(r.machine);
    run.at("software").get_to(r.software);
    for (const Json& row : json.at("rows")) r.rows.push_back(row_of(row));
    for (const Row& row : r.rows)
      if (row.device != r.device)
        return refuse("it is of " + r.device + ", and a row in it of '" + row.device + "'");
    if (json.at("summary") != summary_json(r.rows))
      return refuse("its summary is not what its rows add up to");
    return r;
  } catch (const std::exception& e) {  // nlohmann's type and range errors
    return refuse(e.what());
  }
}

}  // namespace aisp::redteam
