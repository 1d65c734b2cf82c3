#include "report/compare_runs.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "report/verdict_text.h"

namespace aisp {
namespace {

using Entry = std::pair<const TargetResult*, const ImplementationResult*>;
using Name = std::tuple<std::string, std::string, std::string>;

Name name_of_row(const Entry& row) {
  return {row.first->target, row.first->device, row.second->implementation};
}

std::vector<Entry> rows_of(const RunRecord& run) {
  std::vector<Entry> rows;
  for (const TargetResult& target : run.results)
    for (const ImplementationResult& r : target.implementations) rows.emplace_back(&target, &r);
  return rows;
}

void note_difference(std::vector<std::string>& notes, const char* what,
                     const std::map<std::string, std::string>& before,
                     const std::map<std::string, std::string>& after) {
  for (const auto& [key, value] : after) {
    const auto at = before.find(key);
    const std::string was = at == before.end() ? "not recorded" : at->second;
    if (was != value) notes.push_back(fmt::format("{} {}: {}, before {}", what, key, value, was));
  }
}

RowChange change_of(const Entry* before, const Entry* after) {
  RowChange c;
  const Entry& named = after != nullptr ? *after : *before;
  std::tie(c.target, c.device, c.implementation) = name_of_row(named);
  if (before != nullptr) {
    c.verdict_before = verdict_word(*before->second);
    c.time_before = before->second->time_ns;
    c.speedup_before = before->second->speedup;
  }
  if (after != nullptr) {
    c.verdict_after = verdict_word(*after->second);
    c.time_after = after->second->time_ns;
    c.speedup_after = after->second->speedup;
  }
  if (before == nullptr || after == nullptr) return c;
  c.code_changed = before->second->content_hash != after->second->content_hash;
  c.broken = accepted(*before->second) && !accepted(*after->second);
  // Times of what is not accepted are no times of the computation.
  if (!accepted(*before->second) || !accepted(*after->second)) return c;
  c.by_speedup = c.speedup_before && c.speedup_after;
  c.ratio = c.by_speedup ? quotient(c.speedup_after, c.speedup_before)
                         : quotient(c.time_before, c.time_after);
  c.change = stats::compare(c.ratio, kChangeMargin);
  return c;
}

}  // namespace

std::optional<stats::Interval> quotient(const std::optional<stats::Interval>& a,
                                        const std::optional<stats::Interval>& b) {
  if (!a || !b || !(a->low > 0) || !(b->low > 0)) return std::nullopt;
  const stats::Interval q{a->estimate / b->estimate, a->low / b->high, a->high / b->low};
  if (!std::isfinite(q.low) || !std::isfinite(q.high) || !std::isfinite(q.estimate) ||
      q.low > q.estimate || q.estimate > q.high)
    return std::nullopt;
  return q;
}

bool RunComparison::regressed() const {
  return std::any_of(rows.begin(), rows.end(), [](const RowChange& row) {
    return row.broken || row.change == stats::Comparison::slower;
  });
}

RunComparison compare_runs(const RunRecord& before, const RunRecord& after) {
  RunComparison result;
  note_difference(result.notes, "machine", before.info.machine, after.info.machine);
  note_difference(result.notes, "software", before.info.software, after.info.software);
  note_difference(result.notes, "option", before.info.config, after.info.config);
  std::map<Name, Entry> earlier;
  for (const Entry& row : rows_of(before)) earlier[name_of_row(row)] = row;
  std::map<Name, bool> met;
  for (const Entry& row : rows_of(after)) {
    const auto at = earlier.find(name_of_row(row));
    met[name_of_row(row)] = true;
    result.rows.push_back(change_of(at == earlier.end() ? nullptr : &at->second, &row));
  }
  for (const Entry& row : rows_of(before))
    if (!met.contains(name_of_row(row))) result.rows.push_back(change_of(&row, nullptr));
  return result;
}

}  // namespace aisp
