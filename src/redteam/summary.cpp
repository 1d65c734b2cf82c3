#include "redteam/summary.h"

#include <algorithm>

#include <fmt/format.h>

#include "redteam/mutation.h"
#include "report/printable.h"

namespace aisp::redteam {
namespace {

constexpr int kGap = 2;

std::string padded(const std::string& text, int width) {
  return text +
         std::string(static_cast<std::size_t>(std::max(0, width - display_width(text))), ' ');
}

// Columns as wide as their widest cell; the last one is cut where the terminal ends.
std::string columns(const std::vector<std::vector<std::string>>& lines, int width) {
  std::vector<int> widths;
  for (const auto& line : lines) {
    widths.resize(std::max(widths.size(), line.size()));
    for (std::size_t i = 0; i < line.size(); ++i)
      widths[i] = std::max(widths[i], display_width(line[i]));
  }
  std::string text;
  for (const auto& line : lines) {
    std::string out;
    for (std::size_t i = 0; i < line.size(); ++i)
      out += i + 1 == line.size() ? line[i] : padded(line[i], widths[i] + kGap);
    text += cut_to_width(out, std::max(40, width));
    while (!text.empty() && text.back() == ' ') text.pop_back();
    text += '\n';
  }
  return text;
}

std::string word(const Row& row) {
  switch (row.outcome) {
    case Outcome::missed: return "MISSED";
    case Outcome::accused: return "ACCUSED";
    case Outcome::not_run: return "not run";
    case Outcome::not_proven: return "not proven";
    default: return std::string(to_string(row.outcome));
  }
}

bool passes(const Row& row) {
  return row.outcome == Outcome::rejected || row.outcome == Outcome::harmless ||
         row.outcome == Outcome::accepted;
}

std::string guards_of(const Row& row) {
  const auto names = row.guards();
  if (names.empty()) return "–";
  return names.size() == 1 ? names.front() + ", alone" : fmt::format("{}", fmt::join(names, ", "));
}

std::string gain_of(const Row& row) {
  if (!row.gain) return "–";
  return fmt::format("{:.2f}× [{:.2f} {:.2f}]", row.gain->estimate, row.gain->low, row.gain->high);
}

std::string repeat_of(const Row& row) {
  return row.repeat == 0 ? "" : fmt::format(" #{}", row.repeat + 1);
}

std::string plural(int count, const char* noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

}  // namespace

std::string outcome_words(const Row& row) {
  if (row.outcome != Outcome::rejected) return word(row);
  return "rejected by " + guards_of(row);
}

std::string rows_table(const std::vector<Row>& rows, int width) {
  std::vector<std::vector<std::string>> lines = {
      {"class", "attack", "outcome", "gain on honest code", "guards"}};
  std::string honest, why;
  int accepted = 0;
  for (const Row& row : rows) {
    if (row.kind == Kind::attack)
      lines.push_back(
          {row.klass, row.name + repeat_of(row), word(row), gain_of(row), guards_of(row)});
    accepted += row.outcome == Outcome::accepted;
    if (!passes(row))
      why += fmt::format("{} {}{}: {}\n    {}\n", to_string(row.kind), row.name, repeat_of(row),
                         word(row), printable_line(row.why));
  }
  std::string text = lines.size() > 1 ? columns(lines, width) : "";
  if (accepted > 0) text += fmt::format("\n{} honest accepted\n", accepted);
  if (!why.empty()) text += "\n" + why;
  return text;
}

std::string guards_table(const std::vector<Row>& rows, int width) {
  std::vector<std::vector<std::string>> lines = {
      {"guard", "rejects", "alone", "without it these pass"}};
  for (const GuardWorth& worth : worth_of_guards(rows)) {
    std::string only = fmt::format("{}", fmt::join(worth.only, ", "));
    if (only.empty()) only = "none: redundant for this corpus";
    if (!worth.accuses.empty()) only += fmt::format("; ACCUSES {}", fmt::join(worth.accuses, ", "));
    lines.push_back({worth.guard, std::to_string(worth.rejects), std::to_string(worth.only.size()),
                     std::move(only)});
  }
  return columns(lines, width);
}

std::string closing_sentence(const Recording& r) {
  const Summary s = summarize(r.rows);
  return fmt::format(
      "{} on {}: {} caught ({} of them accepted and without gain), {} missed, {} not "
      "run; {} honest: {} accused, {} not proven.",
      plural(s.attacks, "attack"), r.device, s.caught, s.harmless, s.missed, s.not_run, s.honest,
      s.accused, s.not_proven);
}

}  // namespace aisp::redteam
