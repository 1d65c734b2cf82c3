#include "report/quarantine_text.h"

#include <fmt/format.h>

#include "report/printable.h"

namespace aisp {
namespace {

std::string summary(const std::vector<QuarantineEvent>& history) {
  const std::size_t in = still_in(history).size();
  return fmt::format("{} implementation{} in quarantine, {} event{} in all", in,
                     in == 1 ? " is" : "s are", history.size(), history.size() == 1 ? "" : "s");
}

Json event_json(const QuarantineEvent& e) {
  return {{"id", e.id},
          {"at", e.at},
          {"event", name_of(e.kind)},
          {"target", e.target},
          {"device", e.device},
          {"implementation", e.implementation},
          {"content_hash", e.content_hash},
          {"reason", e.reason},
          {"run", e.run}};
}

}  // namespace

std::string quarantine_text(const std::vector<QuarantineEvent>& history) {
  std::string text = summary(history) + "\n";
  for (const QuarantineEvent& e : still_in(history))
    text += fmt::format("\n{} {}  {}\n  since {}, run {}\n  {}\n", printable_line(e.target),
                        printable_line(e.implementation), e.content_hash.substr(0, 16), e.at,
                        printable_line(e.run), printable_line(e.reason));
  return text;
}

std::string quarantine_markdown(const std::vector<QuarantineEvent>& history) {
  const auto md = [](std::string_view text) { return printable_markdown(text); };
  std::string text = "# Quarantine\n\n" + summary(history) + ".\n";
  const auto present = still_in(history);
  if (!present.empty()) {
    text += "\n| target | implementation | content | since | reason |\n|---|---|---|---|---|\n";
    for (const QuarantineEvent& e : present)
      text += fmt::format("| {} | {} | `{}` | {} | {} |\n", md(e.target), md(e.implementation),
                          e.content_hash.substr(0, 16), md(e.at), md(e.reason));
  }
  if (!history.empty()) {
    text += "\n## History\n\n| | at | event | target | implementation | content | run | reason |\n";
    text += "|---:|---|---|---|---|---|---|---|\n";
    for (const QuarantineEvent& e : history)
      text += fmt::format("| {} | {} | {} | {} | {} | `{}` | {} | {} |\n", e.id, md(e.at),
                          name_of(e.kind), md(e.target), md(e.implementation),
                          e.content_hash.substr(0, 16), md(e.run), md(e.reason));
  }
  return text;
}

Json quarantine_json(const std::vector<QuarantineEvent>& history) {
  Json json = Json::object();
  json["schema_version"] = 1;
  json["quarantined"] = Json::array();
  for (const QuarantineEvent& e : still_in(history)) json["quarantined"].push_back(event_json(e));
  json["history"] = Json::array();
  for (const QuarantineEvent& e : history) json["history"].push_back(event_json(e));
  return json;
}

}  // namespace aisp
