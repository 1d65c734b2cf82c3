#include "report/audit_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "report/printable.h"
#include "report/quantity.h"

namespace aisp {
namespace {

using audit::Level;
using audit::TargetAudit;

const char* mark(Level level) {
  switch (level) {
    case Level::error: return "✗";
    case Level::warning: return "!";
    case Level::note: return "·";
    case Level::not_run: return "?";
  }
  return "?";
}

std::size_t count(const std::vector<TargetAudit>& audits, Level level) {
  std::size_t n = 0;
  for (const TargetAudit& audit : audits)
    for (const audit::Finding& f : audit.findings) n += f.level == level;
  return n;
}

std::size_t count(const TargetAudit& audit, Level level) {
  return static_cast<std::size_t>(
      std::count_if(audit.findings.begin(), audit.findings.end(),
                    [&](const audit::Finding& f) { return f.level == level; }));
}

std::string outcome(const TargetAudit& audit) {
  if (count(audit, Level::error) > 0) return "not fit";
  if (count(audit, Level::not_run) > 0) return "not proven";
  return count(audit, Level::warning) > 0 ? "fit, with warnings" : "fit";
}

std::string summary(const std::vector<TargetAudit>& audits) {
  return fmt::format("{}: {}, {}, {}, {} not asked", plural(audits.size(), "target"),
                     plural(count(audits, Level::error), "error"),
                     plural(count(audits, Level::warning), "warning"),
                     plural(count(audits, Level::note), "note"), count(audits, Level::not_run));
}

std::string said(const audit::Finding& f) {
  return printable_line(f.part.empty() ? f.message : f.part + ": " + f.message);
}

}  // namespace

std::string audit_text(const std::vector<TargetAudit>& audits, bool notes) {
  std::string text;
  for (const TargetAudit& audit : audits) {
    text += fmt::format("{}  {}\n", printable_line(audit.target), outcome(audit));
    for (const audit::Finding& f : audit.findings)
      if (notes || f.level != Level::note)
        text += fmt::format("  {} {}: {}\n", mark(f.level), f.rule, said(f));
  }
  return text + "\n" + summary(audits) + "\n";
}

std::string audit_markdown(const std::vector<TargetAudit>& audits) {
  std::string text = "# Audit of targets\n\n" + summary(audits) + ".\n\n";
  text += "| target | device | outcome | errors | warnings | notes | not asked |\n";
  text += "|---|---|---|---:|---:|---:|---:|\n";
  for (const TargetAudit& a : audits)
    text += fmt::format("| {} | {} | {} | {} | {} | {} | {} |\n", printable_markdown(a.target),
                        a.device.empty() ? "–" : a.device, outcome(a), count(a, Level::error),
                        count(a, Level::warning), count(a, Level::note), count(a, Level::not_run));
  for (const TargetAudit& a : audits) {
    if (a.findings.empty()) continue;
    text += "\n## " + printable_markdown(a.target) + "\n\n";
    for (const audit::Finding& f : a.findings)
      text += fmt::format("- {} **{}** ({}): {}\n", mark(f.level), printable_markdown(f.rule),
                          printable_markdown(name_of(f.level)), printable_markdown(said(f)));
  }
  text += "\n## What was asked\n\n| rule | |\n|---|---|\n";
  for (const audit::Rule& rule : audit::kRules)
    text +=
        fmt::format("| {} | {} |\n", printable_markdown(rule.id), printable_markdown(rule.summary));
  return text;
}

Json audit_json(const std::vector<TargetAudit>& audits) {
  Json json = Json::object();
  json["schema_version"] = kAuditSchemaVersion;
  json["rules"] = Json::array();
  for (const audit::Rule& rule : audit::kRules)
    json["rules"].push_back({{"id", rule.id}, {"summary", rule.summary}});
  json["targets"] = Json::array();
  for (const TargetAudit& a : audits) {
    Json target = Json::object();
    target["target"] = a.target;
    target["device"] = a.device.empty() ? Json(nullptr) : Json(a.device);
    target["outcome"] = outcome(a);
    target["elapsed_s"] = a.elapsed_s;
    target["findings"] = Json::array();
    for (const audit::Finding& f : a.findings)
      target["findings"].push_back({{"rule", f.rule},
                                    {"level", name_of(f.level)},
                                    {"part", f.part},
                                    {"message", f.message}});
    json["targets"].push_back(std::move(target));
  }
  json["errors"] = count(audits, Level::error);
  json["warnings"] = count(audits, Level::warning);
  json["notes"] = count(audits, Level::note);
  json["not_run"] = count(audits, Level::not_run);
  return json;
}

Json audit_sarif(const std::vector<TargetAudit>& audits, const std::string& version) {
  Json driver = Json::object();
  driver["name"] = "aisp";
  driver["version"] = version;
  driver["rules"] = Json::array();
  for (const audit::Rule& rule : audit::kRules) {
    Json described = Json::object();
    described["id"] = rule.id;
    described["shortDescription"]["text"] = rule.summary;
    driver["rules"].push_back(std::move(described));
  }
  Json run = Json::object();
  run["tool"]["driver"] = std::move(driver);
  run["results"] = Json::array();
  for (const TargetAudit& a : audits)
    for (const audit::Finding& f : a.findings) {
      const auto at = std::find_if(audit::kRules.begin(), audit::kRules.end(),
                                   [&](const audit::Rule& rule) { return rule.id == f.rule; });
      Json result = Json::object();
      result["ruleId"] = f.rule;
      if (at != audit::kRules.end()) result["ruleIndex"] = at - audit::kRules.begin();
      const bool open = f.level == Level::not_run;
      result["kind"] = open ? "open" : "fail";
      result["level"] = open ? "none" : std::string(name_of(f.level));
      result["message"]["text"] = a.target + ": " + said(f);
      Json location = Json::object();
      location["physicalLocation"]["artifactLocation"]["uri"] =
          a.problem.empty() ? a.target : a.problem.generic_string();
      Json logical = Json::object();
      logical["fullyQualifiedName"] = a.target + "/" + f.part;
      location["logicalLocations"] = Json::array();
      location["logicalLocations"].push_back(std::move(logical));
      result["locations"] = Json::array();
      result["locations"].push_back(std::move(location));
      run["results"].push_back(std::move(result));
    }
  Json json = Json::object();
  json["$schema"] = "https://json.schemastore.org/sarif-2.1.0.json";
  json["version"] = "2.1.0";
  json["runs"] = Json::array();
  json["runs"].push_back(std::move(run));
  return json;
}

}  // namespace aisp
