#include "cli/phases.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>

#include "judge/manifest.h"
#include "report/verdict_text.h"

namespace aisp::cli {
namespace {

constexpr const char* kGuard = "quarantine";

std::string reason_of(const ImplementationResult& row) {
  for (const Finding& f : row.findings)
    if (f.required && f.status == FindingStatus::fail) return f.guard + ": " + f.message;
  return row.sentence;
}

std::string says(const QuarantineEvent& e) {
  return fmt::format(
      "in quarantine since {} for {}: it is not timed until `aisp bench verify --verify-phase "
      "quarantine` passes it",
      e.at, e.reason);
}

}  // namespace

Result<Phases> Phases::open(const std::string& phase, const std::string& artifacts) {
  Phases phases;
  phases.phase_ = phase;
  if (phase != "quarantine" && phase != "gate") return phases;
  auto ledger = Ledger::open((std::filesystem::path(artifacts) / "ledger.db").string());
  if (!ledger.ok()) return ledger.error();
  phases.ledger_ = std::make_unique<Ledger>(std::move(*ledger));
  // A damaged store is known before anything is measured.
  if (const auto present = Quarantine(*phases.ledger_).present(); !present.ok())
    return present.error();
  return phases;
}

Result<std::vector<ImplementationResult>> Phases::keep_out(
    const std::string& target, std::vector<Contestant>& contestants,
    const std::map<std::string, std::string>& hashes) {
  std::vector<ImplementationResult> rows;
  if (!keeps()) return rows;
  Quarantine quarantine(*ledger_);
  std::vector<Contestant> admitted;
  for (const Contestant& contestant : contestants) {
    const std::string& hash = hashes.at(contestant.name);
    const auto entry = quarantine.find(target, hash);
    if (!entry.ok()) return entry.error();
    if (!*entry) {
      admitted.push_back(contestant);
      continue;
    }
    if (contestant.part == Part::baseline)
      return Error{"compare with the baseline", target, "it is " + says(**entry), ""};
    ImplementationResult row;
    row.implementation = contestant.name;
    row.part = contestant.part;
    row.file = contestant.file.string();
    row.content_hash = hash;
    row.findings = {{kGuard, FindingStatus::fail, FindingKind::policy, says(**entry), true}};
    row.sentence = row.implementation + " is " + says(**entry);
    rows.push_back(std::move(row));
    anyone_kept_out_ = true;
  }
  contestants = std::move(admitted);
  return rows;
}

Status Phases::settle(const std::string& run, bool verification, TargetResult& result) {
  if (!keeps()) return success();
  Quarantine quarantine(*ledger_);
  for (ImplementationResult& row : result.implementations) {
    if (row.content_hash.empty()) continue;  // there is nothing that could come again
    QuarantineEvent event;
    event.at = utc_text(std::chrono::system_clock::now());
    event.target = result.target;
    event.device = result.device;
    event.content_hash = row.content_hash;
    event.implementation = row.implementation;
    event.run = run;
    if (refused(row)) {
      event.reason = reason_of(row);
      const auto entered = quarantine.enter(event);
      if (!entered.ok()) return entered.error();
      // Its windows stay in the record; what they would amount to is nobody's result.
      row.comparison.reset();
      row.speedup.reset();
      row.time_ns.reset();
      row.ceiling.reset();
      row.claim_ns = row.slope_ns = 0;
      row.findings.push_back({kGuard, FindingStatus::fail, FindingKind::policy,
                              *entered ? "goes into quarantine" : "stays in quarantine", false});
    } else if (verification && accepted(row)) {
      event.reason = fmt::format("passed a verification of {} calls", row.calls_verified);
      const auto left = quarantine.release(event);
      if (!left.ok()) return left.error();
      if (*left)
        row.findings.push_back({kGuard, FindingStatus::pass, FindingKind::policy,
                                "comes out of quarantine: it " + event.reason, false});
    }
  }
  return success();
}

ExitCode Phases::exit_code(ExitCode code) const {
  if (phase_ == "gate" && anyone_kept_out_ && code != ExitCode::usage) return ExitCode::refused;
  const bool only_reports = phase_ == "detect" || phase_ == "quarantine";
  return only_reports && code == ExitCode::refused ? ExitCode::good : code;
}

}  // namespace aisp::cli
