// `aisp bench history -t TARGET`.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "cli/commands.h"
#include "cli/defaults.h"
#include "cli/recorded.h"
#include "cli/terminal.h"
#include "report/json.h"
#include "report/printable.h"
#include "report/quantity.h"
#include "report/verdict_text.h"

namespace aisp::cli {
namespace {

struct HistoryOptions {
  std::string target;
  std::string device = kDefaults.device;
  std::string artifacts = kDefaults.artifacts;
  std::size_t limit = kDefaults.history_runs;
  bool json = false;
};

// What verdict_word() says of the whole result.
std::string word_of(const HistoryEntry& e) {
  ImplementationResult r;
  r.part = e.part;
  r.correct = e.correct;
  r.honest = e.honest;
  r.comparison = e.comparison;
  return verdict_word(r);
}

void print_table(const std::vector<HistoryEntry>& entries) {
  std::string run;
  for (const HistoryEntry& e : entries) {
    if (e.run != run) {
      say(stdout, "{}{}  {}{}{}\n", run.empty() ? "" : "\n", printable_line(e.started_at),
          printable_line(e.run), e.state == RunState::finished ? "" : " (not finished)",
          e.cpu_model.empty() ? "" : "\n  on " + printable_line(e.cpu_model));
      run = e.run;
    }
    say(stdout, "  {:<28} {:<32} {:<26} {}\n", printable_line(e.implementation),
        e.time_ns ? human_time(*e.time_ns) : "-", e.speedup ? human_speedup(*e.speedup) : "-",
        word_of(e));
  }
}

Json proven(const std::optional<bool>& value) { return value ? Json(*value) : Json(nullptr); }

Json history_json(const HistoryOptions& options, const std::vector<HistoryEntry>& entries) {
  Json json = {{"schema_version", 1},
               {"target", options.target},
               {"device", options.device},
               {"entries", Json::array()}};
  for (const HistoryEntry& e : entries)
    json["entries"].push_back(
        {{"run", e.run},
         {"state", name_of(e.state)},
         {"started_at", e.started_at},
         {"cpu_model", e.cpu_model},
         {"git_commit", e.git_commit},
         {"implementation", e.implementation},
         {"part", name_of(e.part)},
         {"correct", proven(e.correct)},
         {"honest", proven(e.honest)},
         {"comparison", e.comparison ? Json(name_of(*e.comparison)) : Json(nullptr)},
         {"speedup", interval_json(e.speedup)},
         {"time_ns", interval_json(e.time_ns)}});
  return json;
}

ExitCode run(const HistoryOptions& options) {
  const auto fail = [](const Error& error) {
    say(stderr, "aisp: {}\n", error.message());
    return ExitCode::usage;
  };
  auto ledger = open_recorded(options.artifacts);
  if (!ledger.ok()) return fail(ledger.error());
  const auto entries = ledger->history(options.target, options.device, options.limit);
  if (!entries.ok()) return fail(entries.error());
  if (entries->empty())
    return fail({"show the history of a target", options.target,
                 "no run in " + ledger->path() + " has recorded it on " + options.device,
                 "`aisp bench run -t " + options.target + "` records one"});
  if (options.json)
    say(stdout, "{}\n", dump(history_json(options, *entries), 2));
  else
    print_table(*entries);
  return ExitCode::good;
}

}  // namespace

void add_history(CLI::App& bench, Command& chosen) {
  const auto options = std::make_shared<HistoryOptions>();
  CLI::App* command =
      bench.add_subcommand("history", "Show what recorded runs said of a target, newest first");
  command->add_option("-t,--target", options->target, "One target, as ch01:gemm")
      ->type_name("TARGET")
      ->required();
  command->add_option("--device", options->device, "Where it ran")
      ->check(CLI::IsMember({"cpu", "cuda"}))
      ->capture_default_str();
  command->add_option("--limit", options->limit, "At most this many runs")
      ->type_name("N")
      ->check(CLI::Range(1, 1000000))
      ->capture_default_str();
  add_artifacts(command, options->artifacts);
  command->add_flag("--json", options->json, "Print JSON, and nothing else, on stdout");
  command->callback([options, &chosen] { chosen = [options] { return run(*options); }; });
}

}  // namespace aisp::cli
