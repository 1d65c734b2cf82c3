#include "report/table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string_view>

#include "report/printable.h"
#include "report/quantity.h"
#include "report/verdict_text.h"

namespace aisp {

namespace {

// How much is shown; each step needs less width than the one before.
struct Layout {
  bool target_column = true;
  bool proof_columns = true;  // correct, honest
  bool brackets = true;       // [low estimate high], not ±
  bool ceiling_column = true;
};

constexpr Layout kLayouts[] = {
    {},
    {.target_column = false},
    {.target_column = false, .proof_columns = false},
    {.target_column = false, .proof_columns = false, .brackets = false},
    {.target_column = false, .proof_columns = false, .brackets = false, .ceiling_column = false},
};

enum class Tone { plain, good, bad, unsure, dim };

struct Cell {
  std::string text;
  Tone tone = Tone::plain;
  bool right = false;  // aligned to the right
};

using Row = std::vector<Cell>;

constexpr int kGap = 2;
constexpr int kShortestName = 8;

std::string_view color_of(Tone tone) {
  switch (tone) {
    case Tone::plain: return "";
    case Tone::good: return "\x1b[32m";
    case Tone::bad: return "\x1b[31m";
    case Tone::unsure: return "\x1b[33m";
    case Tone::dim: return "\x1b[2m";
  }
  return "";
}

std::string painted(const std::string& text, Tone tone, bool color) {
  if (!color || tone == Tone::plain) return text;
  return std::string(color_of(tone)) + text + "\x1b[0m";
}

Cell proof_cell(std::optional<bool> proven) {
  if (!proven) return {"?", Tone::unsure};
  return *proven ? Cell{"yes", Tone::good} : Cell{"no", Tone::bad};
}

Cell verdict_cell(const ImplementationResult& r) {
  Cell cell{verdict_word(r)};
  if (refused(r))
    cell.tone = Tone::bad;
  else if (!accepted(r) || r.comparison == stats::Comparison::not_enough_evidence)
    cell.tone = Tone::unsure;
  else if (r.comparison == stats::Comparison::faster)
    cell.tone = Tone::good;
  else if (r.comparison == stats::Comparison::slower)
    cell.tone = Tone::bad;
  return cell;
}

Row header_row(const Layout& layout) {
  Row row;
  const auto add = [&row](const char* text, bool right = false) {
    row.push_back({text, Tone::dim, right});
  };
  if (layout.target_column) add("target");
  add("implementation");
  add("time per call", true);
  add("speedup", true);
  if (layout.ceiling_column) add("ceiling", true);
  if (layout.proof_columns) {
    add("correct");
    add("honest");
  }
  add("verdict");
  return row;
}

// The speedup of what was refused is no speedup; its sealed time stays.
Row result_row(const TargetResult& target, const ImplementationResult& r, const Layout& layout,
               bool first) {
  Row row;
  const Cell none{"–", Tone::dim, true};
  if (layout.target_column) row.push_back({first ? printable_line(target.target) : ""});
  row.push_back({printable_line(r.implementation)});
  if (r.time_ns)
    row.push_back(
        {layout.brackets ? human_time(*r.time_ns) : short_time(*r.time_ns), Tone::plain, true});
  else
    row.push_back(none);
  if (r.speedup && !refused(r))
    row.push_back({layout.brackets ? human_speedup(*r.speedup) : short_speedup(*r.speedup),
                   Tone::plain, true});
  else
    row.push_back(none);
  if (layout.ceiling_column)
    row.push_back(r.ceiling && !refused(r)
                      ? Cell{human_fraction(r.ceiling->fraction), Tone::plain, true}
                      : none);
  if (layout.proof_columns) {
    row.push_back(proof_cell(r.correct));
    row.push_back(proof_cell(r.honest));
  }
  row.push_back(verdict_cell(r));
  return row;
}

struct Group {
  std::string title;  // empty: the target stands in a column
  std::vector<Row> rows;
};

std::vector<Group> groups_of(const std::vector<TargetResult>& results, const Layout& layout) {
  std::vector<Group> groups;
  for (const TargetResult& target : results) {
    if (target.implementations.empty()) continue;
    Group group;
    if (!layout.target_column) group.title = printable_line(target.target);
    for (const ImplementationResult& r : target.implementations)
      group.rows.push_back(result_row(target, r, layout, group.rows.empty()));
    groups.push_back(std::move(group));
  }
  return groups;
}

std::vector<int> column_widths(const Row& header, const std::vector<Group>& groups) {
  std::vector<int> widths;
  for (const Cell& cell : header) widths.push_back(display_width(cell.text));
  for (const Group& group : groups)
    for (const Row& row : group.rows)
      for (std::size_t i = 0; i < row.size(); ++i)
        widths[i] = std::max(widths[i], display_width(row[i].text));
  return widths;
}

int line_width(const std::vector<int>& widths, int indent) {
  int total = indent + kGap * (static_cast<int>(widths.size()) - 1);
  for (const int width : widths) total += width;
  return total;
}

void append_row(std::string& out, const Row& row, const std::vector<int>& widths, int indent,
                bool color) {
  std::string line(static_cast<std::size_t>(indent), ' ');
  for (std::size_t i = 0; i < row.size(); ++i) {
    const std::string text = cut_to_width(row[i].text, widths[i]);
    const std::string pad(static_cast<std::size_t>(widths[i] - display_width(text)), ' ');
    if (row[i].right) line += pad;
    line += painted(text, row[i].tone, color);
    if (i + 1 < row.size()) {
      if (!row[i].right) line += pad;
      line.append(kGap, ' ');
    }
  }
  out += line + "\n";
}

std::string table_of(const std::vector<TargetResult>& results, const TableOptions& options) {
  for (const Layout& layout : kLayouts) {
    const Row header = header_row(layout);
    const std::vector<Group> groups = groups_of(results, layout);
    if (groups.empty()) return {};
    std::vector<int> widths = column_widths(header, groups);
    const int indent = layout.target_column ? 0 : 2;
    const int excess = line_width(widths, indent) - options.width;
    const bool last = !layout.ceiling_column;
    if (excess > 0 && !last) continue;
    if (excess > 0) widths[0] = std::max(kShortestName, widths[0] - excess);
    std::string out;
    append_row(out, header, widths, indent, options.color);
    for (const Group& group : groups) {
      if (!group.title.empty()) out += cut_to_width(group.title, options.width) + "\n";
      for (const Row& row : group.rows) append_row(out, row, widths, indent, options.color);
    }
    return out;
  }
  return {};
}

// Breaks at spaces; continuation lines are indented. Words longer than a line stay whole.
std::string wrapped(const std::string& text, int width, int indent, int first_column) {
  std::string out;
  int column = first_column;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t space = std::min(text.find(' ', at), text.size());
    const std::string word = text.substr(at, space - at);
    at = space + 1;
    if (word.empty()) continue;
    const int columns = display_width(word);
    const bool line_start = column == indent || column == first_column;
    if (column + columns + 1 > width && !line_start) {
      out += "\n" + std::string(static_cast<std::size_t>(indent), ' ');
      column = indent;
    } else if (!out.empty() && out.back() != ' ') {
      out += ' ';
      ++column;
    }
    out += word;
    column += columns;
  }
  return out;
}

// The sentence of a refusal ends with the finding that decided, which stands below it anyway.
bool says_a_finding(const ImplementationResult& r, const std::vector<const Finding*>& findings) {
  return r.sentence.empty() || std::any_of(findings.begin(), findings.end(), [&](const Finding* f) {
           return !f->message.empty() && r.sentence.ends_with(": " + f->message);
         });
}

struct Reason {
  std::string head;  // "✗ values"; "! slope" where it fails and rejects nobody
  std::string words;
};

// What failed, each with its numbers; then what could not be decided, for want of a look or of a
// quiet machine. A worker that died leaves a dozen guards with nothing to look at: beside a failure
// those are names on one line.
std::vector<Reason> reasons_of(const std::vector<const Finding*>& findings) {
  std::vector<Reason> reasons, not_run;
  std::string names;
  for (const Finding* f : findings) {
    const std::string guard = printable_line(f->guard);
    if (f->status == FindingStatus::fail) {
      reasons.push_back({(f->required ? "✗ " : "! ") + guard, printable_line(f->message)});
    } else {
      not_run.push_back({"? " + guard, "undecided: " + printable_line(f->message)});
      names += (names.empty() ? "" : ", ") + guard;
    }
  }
  constexpr std::size_t kShownOneByOne = 3;
  if (!reasons.empty() && not_run.size() > kShownOneByOne) not_run = {{"? undecided", names}};
  reasons.insert(reasons.end(), not_run.begin(), not_run.end());
  return reasons;
}

std::string problems_of(const std::vector<TargetResult>& results, const TableOptions& options) {
  std::string out;
  for (const TargetResult& target : results) {
    if (!target.error.empty()) {
      out += "\n" + painted(printable_line(target.target) + ": could not be run", Tone::bad,
                            options.color);
      out += "\n  " + wrapped(printable_line(target.error), options.width, 2, 2) + "\n";
    }
    for (const ImplementationResult& r : target.implementations) {
      const auto findings = notable_findings(r);
      if (accepted(r) && findings.empty()) continue;
      const Tone tone = refused(r) ? Tone::bad : Tone::unsure;
      out +=
          "\n" +
          painted(printable_line(target.target + " " + r.implementation) + ": " + verdict_word(r),
                  tone, options.color) +
          "\n";
      if (!says_a_finding(r, findings))
        out += "  " + wrapped(printable_line(r.sentence), options.width, 2, 2) + "\n";
      for (const Reason& reason : reasons_of(findings)) {
        const std::string head = "  " + reason.head + ": ";
        out += head + wrapped(reason.words, options.width, 4, display_width(head)) + "\n";
      }
    }
  }
  return out;
}

}  // namespace

std::string results_table(const std::vector<TargetResult>& results, const TableOptions& options) {
  std::string out = table_of(results, options);
  out += problems_of(results, options);
  if (!out.empty()) out += "\n";
  const std::string mode = unusual_mode(results);
  if (!mode.empty()) out += wrapped(mode, options.width, 0, 2) + "\n\n";
  const std::string isolation = partial_isolation(results);
  if (!isolation.empty()) out += wrapped(printable_line(isolation), options.width, 0, 2) + "\n\n";
  const std::vector<std::string> chapters = chapter_lines(results);
  for (const std::string& line : chapters) out += wrapped(line, options.width, 0, 2) + "\n";
  if (!chapters.empty()) out += "\n";
  return out + wrapped(closing_sentence(results), options.width, 0, 0) + "\n";
}

std::string results_markdown(const std::vector<TargetResult>& results) {
  const Layout layout;
  std::string out;
  const std::vector<Group> groups = groups_of(results, layout);
  if (!groups.empty()) {
    std::string rule;
    for (const Cell& cell : header_row(layout)) {
      out += "| " + cell.text + " ";
      rule += cell.right ? "|---:" : "|---";
    }
    out += "|\n" + rule + "|\n";
    for (const Group& group : groups)
      for (const Row& row : group.rows) {
        for (const Cell& cell : row) out += "| " + printable_markdown(cell.text) + " ";
        out += "|\n";
      }
  }
  for (const TargetResult& target : results) {
    if (!target.error.empty())
      out += fmt::format("\n**{}** could not be run: {}\n", printable_markdown(target.target),
                         printable_markdown(target.error));
    for (const ImplementationResult& r : target.implementations) {
      const auto findings = notable_findings(r);
      if (accepted(r) && findings.empty()) continue;
      out += fmt::format("\n**{} {}: {}.** {}\n", printable_markdown(target.target),
                         printable_markdown(r.implementation), verdict_word(r),
                         printable_markdown(r.sentence));
      if (!findings.empty()) out += "\n";
      for (const Finding* f : findings)
        out += fmt::format("- `{}` {}: {}\n", printable_line(f->guard),
                           f->status != FindingStatus::fail ? "undecided"
                           : f->required                    ? "failed"
                                                            : "stands out, and rejects nobody",
                           printable_markdown(f->message));
    }
  }
  if (!out.empty()) out += "\n";
  const std::string mode = unusual_mode(results);
  if (!mode.empty()) out += printable_markdown(mode) + "\n\n";
  const std::string isolation = partial_isolation(results);
  if (!isolation.empty()) out += printable_markdown(isolation) + "\n\n";
  const std::vector<std::string> chapters = chapter_lines(results);
  for (const std::string& line : chapters) out += "- " + printable_markdown(line) + "\n";
  if (!chapters.empty()) out += "\n";
  return out + printable_markdown(closing_sentence(results)) + "\n";
}

}  // namespace aisp
