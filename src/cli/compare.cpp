// `aisp bench compare BEFORE AFTER`.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>

#include "cli/commands.h"
#include "cli/defaults.h"
#include "cli/recorded.h"
#include "cli/terminal.h"
#include "report/compare_runs.h"
#include "report/json.h"
#include "report/printable.h"
#include "report/quantity.h"

namespace aisp::cli {
namespace {

struct CompareOptions {
  std::string before, after;
  std::string artifacts = kDefaults.artifacts;
  bool json = false;
};

std::string word_of(const RowChange& row) {
  if (row.verdict_before.empty()) return "new: " + row.verdict_after;
  if (row.verdict_after.empty()) return "gone";
  if (row.broken) return "broken: " + row.verdict_after;
  if (!row.ratio)
    return row.verdict_before == row.verdict_after
               ? "not compared: " + row.verdict_after
               : "was " + row.verdict_before + ", is " + row.verdict_after;
  return std::string(stats::to_string(row.change));
}

void print_table(const RunComparison& comparison, const std::string& before,
                 const std::string& after) {
  say(stdout, "before: {}\nafter:  {}\n\n", before, after);
  std::size_t widest = 20;
  for (const RowChange& row : comparison.rows)
    widest = std::max(widest, row.target.size() + row.implementation.size() + 1);
  say(stdout, "{:<{}}  {:>12}  {:>12}  {:<24} {}\n", "", widest, "before", "after",
      "times faster, 90 %", "");
  for (const RowChange& row : comparison.rows) {
    const auto time = [](const std::optional<stats::Interval>& t) {
      return t ? human_time(t->estimate) : std::string("-");
    };
    // µ is one column and two bytes.
    const auto padded = [](const std::string& text, int width) {
      const int columns = display_width(text);
      return std::string(static_cast<std::size_t>(std::max(0, width - columns)), ' ') + text;
    };
    const std::string ratio = row.ratio ? human_speedup(*row.ratio) : "-";
    const std::string name = printable_line(row.target + " " + row.implementation);
    say(stdout, "{:<{}}  {}  {}  {}{} {}{}{}\n", name, widest, padded(time(row.time_before), 12),
        padded(time(row.time_after), 12), ratio,
        std::string(static_cast<std::size_t>(std::max(0, 24 - display_width(ratio))), ' '),
        word_of(row), row.ratio && row.by_speedup ? " (by speedup)" : "",
        row.code_changed ? ", other code" : "");
  }
  if (!comparison.notes.empty()) say(stdout, "\ndifferent in these runs:\n");
  for (const std::string& note : comparison.notes) say(stdout, "  {}\n", printable_line(note));
}

Json comparison_json(const RunComparison& comparison, const std::string& before,
                     const std::string& after) {
  Json json = {{"schema_version", 1},   {"before", before},
               {"after", after},        {"regressed", comparison.regressed()},
               {"rows", Json::array()}, {"notes", comparison.notes}};
  for (const RowChange& row : comparison.rows)
    json["rows"].push_back(
        {{"target", row.target},
         {"device", row.device},
         {"implementation", row.implementation},
         {"verdict_before", row.verdict_before.empty() ? Json(nullptr) : Json(row.verdict_before)},
         {"verdict_after", row.verdict_after.empty() ? Json(nullptr) : Json(row.verdict_after)},
         {"time_ns_before", interval_json(row.time_before)},
         {"time_ns_after", interval_json(row.time_after)},
         {"speedup_before", interval_json(row.speedup_before)},
         {"speedup_after", interval_json(row.speedup_after)},
         {"times_faster", interval_json(row.ratio)},
         {"by", !row.ratio ? Json(nullptr) : Json(row.by_speedup ? "speedup" : "time")},
         {"change", row.ratio ? Json(stats::to_string(row.change)) : Json(nullptr)},
         {"broken", row.broken},
         {"code_changed", row.code_changed}});
  return json;
}

ExitCode run(const CompareOptions& options) {
  const auto fail = [](const Error& error) {
    say(stderr, "aisp: {}\n", error.message());
    return ExitCode::usage;
  };
  auto ledger = open_recorded(options.artifacts);
  if (!ledger.ok()) return fail(ledger.error());
  const auto before = read_run(*ledger, options.before, false);
  if (!before.ok()) return fail(before.error());
  const auto after = read_run(*ledger, options.after, false);
  if (!after.ok()) return fail(after.error());
  const RunComparison comparison = compare_runs(before->record, after->record);
  const std::string from = before->record.info.id, to = after->record.info.id;
  if (options.json)
    say(stdout, "{}\n", dump(comparison_json(comparison, from, to), 2));
  else
    print_table(comparison, from, to);
  if (comparison.regressed()) return ExitCode::refused;
  const bool any = std::any_of(comparison.rows.begin(), comparison.rows.end(),
                               [](const RowChange& row) { return row.ratio.has_value(); });
  return any ? ExitCode::good : ExitCode::unproven;
}

}  // namespace

void add_compare(CLI::App& bench, Command& chosen) {
  const auto options = std::make_shared<CompareOptions>();
  CLI::App* command = bench.add_subcommand(
      "compare",
      "Say what became faster or slower from one recorded run to another; exit code 1 if "
      "something became slower, or is not accepted any more");
  command->add_option("BEFORE", options->before, "A run: its id, the beginning of it, or latest~1")
      ->required();
  command->add_option("AFTER", options->after, "Another one; latest is the newest")->required();
  add_artifacts(command, options->artifacts);
  command->add_flag("--json", options->json, "Print JSON, and nothing else, on stdout");
  command->callback([options, &chosen] { chosen = [options] { return run(*options); }; });
}

}  // namespace aisp::cli
