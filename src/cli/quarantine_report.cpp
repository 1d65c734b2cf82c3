// `aisp bench quarantine-report`.

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "cli/commands.h"
#include "cli/defaults.h"
#include "cli/terminal.h"
#include "report/quarantine_text.h"

namespace aisp::cli {
namespace {

struct QuarantineOptions {
  std::string format = "text";
  bool json = false;
  std::string artifacts = kDefaults.artifacts;
};

ExitCode run(const QuarantineOptions& options) {
  const auto fail = [](const Error& error) {
    say(stderr, "aisp: {}\n", error.message());
    return ExitCode::usage;
  };
  const std::filesystem::path file = std::filesystem::path(options.artifacts) / "ledger.db";
  std::error_code unreadable;
  if (!std::filesystem::exists(file, unreadable))
    return fail({"show the quarantine", file.string(), "there is no ledger",
                 "Say where runs are recorded with --artifacts DIR"});
  auto ledger = Ledger::open(file.string());
  if (!ledger.ok()) return fail(ledger.error());
  const auto history = Quarantine(*ledger).history();
  if (!history.ok()) return fail(history.error());
  if (options.json || options.format == "json")
    say(stdout, "{}\n", dump(quarantine_json(*history), 2));
  else if (options.format == "markdown")
    say(stdout, "{}", quarantine_markdown(*history));
  else
    say(stdout, "{}", quarantine_text(*history));
  return ExitCode::good;
}

}  // namespace

void add_quarantine_report(CLI::App& bench, Command& chosen) {
  const auto options = std::make_shared<QuarantineOptions>();
  CLI::App* command = bench.add_subcommand(
      "quarantine-report",
      "Show which implementations are kept out of results, since when and why");
  command->add_option("-f,--format", options->format, "How it is printed")
      ->check(CLI::IsMember({"text", "markdown", "json"}))
      ->capture_default_str();
  command->add_flag("--json", options->json, "The same as --format json");
  command->add_option("--artifacts", options->artifacts, "Where runs are recorded")
      ->type_name("DIR")
      ->capture_default_str();
  command->footer("Exit codes: 0 shown, also where nobody is in; 2 no ledger, or a damaged one.");
  command->callback([options, &chosen] { chosen = [options] { return run(*options); }; });
}

}  // namespace aisp::cli
