#include "redteam/row.h"

namespace aisp::redteam {

std::string_view to_string(Kind kind) {
  switch (kind) {
    case Kind::attack: return "attack";
    case Kind::twin: return "twin";
    case Kind::honest: return "honest";
    case Kind::bystander: return "bystander";
  }
  return "?";
}

std::string_view to_string(Outcome outcome) {
  switch (outcome) {
    case Outcome::rejected: return "rejected";
    case Outcome::harmless: return "harmless";
    case Outcome::missed: return "missed";
    case Outcome::not_run: return "not_run";
    case Outcome::accepted: return "accepted";
    case Outcome::accused: return "accused";
    case Outcome::not_proven: return "not_proven";
  }
  return "?";
}

std::vector<std::string> Row::guards() const {
  std::vector<std::string> names;
  for (const FindingStatus status : {FindingStatus::fail, FindingStatus::not_run})
    for (const Finding& f : findings)
      if (f.required && f.status == status) names.push_back(f.guard);
  return names;
}

Summary summarize(const std::vector<Row>& rows) {
  Summary s;
  for (const Row& row : rows) {
    if (row.kind != Kind::attack) {
      ++s.honest;
      s.accused += row.outcome == Outcome::accused;
      s.not_proven += row.outcome != Outcome::accused && row.outcome != Outcome::accepted;
      continue;
    }
    ++s.attacks;
    switch (row.outcome) {
      case Outcome::harmless: ++s.harmless; [[fallthrough]];
      case Outcome::rejected: ++s.caught; break;
      case Outcome::missed: ++s.missed; break;
      default: ++s.not_run;
    }
  }
  return s;
}

}  // namespace aisp::redteam
