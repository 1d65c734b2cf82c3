#include "redteam/protections.h"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "redteam/checklist.h"
#include "redteam/mutation.h"
#include "report/printable.h"

namespace aisp::redteam {
namespace {

constexpr const char* kUnproven = "🔴 **unproven**";

bool is_caught(const Row& row) {
  return row.outcome == Outcome::rejected || row.outcome == Outcome::harmless;
}

std::string attack_link(const std::string& name) {
  return fmt::format("[{}](../attacks/{})", name, name);
}

std::string names_of(const std::vector<const Row*>& rows) {
  std::string text;
  for (const Row* row : rows) {
    text += text.empty() ? "" : ", ";
    text += attack_link(row->name);
    if (row->device != "cpu") text += " (" + row->device + ")";
  }
  return text;
}

struct Counts {
  int shown = 0, not_applicable = 0, unproven = 0;
};

struct Dates {
  std::map<std::string, std::string> hardware, date;  // by device
};

std::string table_line(const ChecklistRow& row, const std::vector<Recording>& recordings,
                       const Dates& dates, Counts& counts) {
  const RowEvidence evidence = evidence_for(std::string(row.id), recordings);
  std::string status, shown_by, device, date;
  if (!evidence.not_caught.empty()) {
    ++counts.unproven;
    status = kUnproven;
    shown_by = "not caught: " + names_of(evidence.not_caught);
  } else if (!evidence.caught.empty()) {
    ++counts.shown;
    std::set<std::string> ends, devices;
    for (const Row* attack : evidence.caught) {
      ends.insert(attack->ends);
      devices.insert(attack->device);
    }
    status = fmt::format("{}", fmt::join(ends, ", "));
    shown_by = names_of(evidence.caught);
    std::set<std::string> days;
    for (const std::string& one : devices) {
      device += (device.empty() ? "" : ", ") + one;
      days.insert(dates.date.at(one));
    }
    date = fmt::format("{}", fmt::join(days, ", "));
  } else if (!row.not_applicable.empty()) {
    ++counts.not_applicable;
    status = "not applicable";
    shown_by = row.not_applicable;
  } else {
    ++counts.unproven;
    status = kUnproven;
    shown_by = "no attack";
  }
  return fmt::format("| {} | {} | {} | {} | {} | {} |\n", row.category, row.name, status, shown_by,
                     device, date);
}

std::string table(std::span<const ChecklistRow> rows, const std::vector<Recording>& recordings,
                  const Dates& dates, Counts& counts) {
  std::string text =
      "| category | row | status | shown by | device | date |\n|---|---|---|---|---|---|\n";
  for (const ChecklistRow& row : rows) text += table_line(row, recordings, dates, counts);
  return text;
}

std::string recording_line(const Recording& r) {
  const Summary s = summarize(r.rows);
  return fmt::format(
      "- **{}** ({}), {}: {} attacks, {} caught ({} of them accepted and without gain), {} missed, "
      "{} not run; {} honest, {} accused, {} not proven. {} repeat{}; isolation: {}; load average "
      "{:.1f}; commit {}. `{}`\n",
      r.device, printable_markdown(r.hardware), r.started_at, s.attacks, s.caught, s.harmless,
      s.missed, s.not_run, s.honest, s.accused, s.not_proven, r.repeats, r.repeats == 1 ? "" : "s",
      printable_markdown(r.isolation), r.load_average,
      r.software.contains("git commit") ? r.software.at("git commit").substr(0, 12) : "unknown",
      r.command);
}

std::string guards_table(const Recording& r) {
  std::string text = fmt::format(
      "\n### {}\n\n| guard | rejected | alone | without it these pass |\n|---|---|---|---|\n",
      r.device);
  std::vector<std::string> redundant;
  for (const GuardWorth& worth : worth_of_guards(r.rows)) {
    std::string only;
    for (const std::string& name : worth.only)
      only +=
          (only.empty() ? "" : ", ") + attack_link(name) +
          (std::find(worth.sometimes.begin(), worth.sometimes.end(), name) != worth.sometimes.end()
               ? " (in some repeats)"
               : "");
    if (worth.redundant()) redundant.push_back("`" + worth.guard + "`");
    text += fmt::format("| `{}` | {} | {} | {} |\n", worth.guard, worth.rejects, worth.only.size(),
                        only.empty() ? "none: redundant for this corpus" : only);
  }
  if (!redundant.empty())
    text += fmt::format(
        "\nRedundant for this corpus, on {}: {}. Each is kept for what its row in "
        "[guards](guards.md) names, which no attack here shows alone.\n",
        r.device, fmt::join(redundant, ", "));
  return text;
}

}  // namespace

RowEvidence evidence_for(const std::string& id, const std::vector<Recording>& recordings) {
  RowEvidence evidence;
  for (const Recording& recording : recordings) {
    std::map<std::string, const Row*> caught, open;
    for (const Row& row : recording.rows) {
      if (row.kind != Kind::attack ||
          std::find(row.checklist.begin(), row.checklist.end(), id) == row.checklist.end())
        continue;
      (is_caught(row) ? caught : open)[row.name] = &row;
    }
    for (const auto& [name, row] : open) {
      caught.erase(name);
      evidence.not_caught.push_back(row);
    }
    for (const auto& [name, row] : caught) evidence.caught.push_back(row);
  }
  return evidence;
}

std::string protections_markdown(const std::vector<Recording>& recordings) {
  Dates dates;
  std::string runs;
  for (const Recording& r : recordings) {
    dates.hardware[r.device] = r.hardware;
    dates.date[r.device] = r.started_at.substr(0, 10);
    runs += recording_line(r);
  }
  Counts listed, failures;
  const std::string listed_table = table(listed_protections(), recordings, dates, listed);
  const std::string failures_table = table(validity_failures(), recordings, dates, failures);
  std::string text = fmt::format(
      "# Protections\n\n"
      "Made by `aisp redteam --write-protections` from recorded runs of the [corpus](../attacks/"
      "README.md); do not edit. Which rows an attack shows stands in its manifest.\n\n{}\n"
      "**Prevented**: there is no way to do it. **Refuted**: a sealed quantity contradicts it. "
      "**Detected**: a guard recognizes it. Who names several has several attacks. {}: no attack "
      "that shows it was run and caught; whatever code there is for it counts for nothing here. An "
      "attack "
      "on the device `cpu` says nothing about `cuda`.\n\n",
      runs, kUnproven);
  const auto counted = [](const Counts& c) {
    return fmt::format("{} shown, {} not applicable, {} unproven.\n\n", c.shown, c.not_applicable,
                       c.unproven);
  };
  text += fmt::format("## {} ways to be wrong\n\n", validity_failures().size());
  text += counted(failures) + failures_table;
  text += fmt::format(
      "\n## Listed protections\n\n"
      "What harnesses in use list by name: the {} entries of one such map, and the eight reward "
      "hacks "
      "of the CUDA-L1 paper. (It counts 32, without numbering them.) {}",
      listed_protections().size() - 8, counted(listed));
  text += listed_table;
  text +=
      "\n## What each guard is good for\n\n"
      "Verdicts made anew from the recorded findings, each guard left out in turn. *Rejected*: "
      "attacks that it alone would keep from being accepted, whatever others found. *Alone*: "
      "attacks "
      "that pass without it. What the sandbox prevents needs no guard and is not counted.\n";
  for (const Recording& r : recordings) text += guards_table(r);
  return text;
}

}  // namespace aisp::redteam
