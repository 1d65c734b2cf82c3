// `aisp bench export RUN… --format FORMAT`.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>

#include "cli/commands.h"
#include "cli/defaults.h"
#include "cli/recorded.h"
#include "cli/terminal.h"
#include "report/artifacts.h"
#include "report/export.h"

namespace aisp::cli {
namespace {

struct ExportOptions {
  std::vector<std::string> runs = {"latest"};
  std::string format = kDefaults.export_format;
  std::string output;
  std::string artifacts = kDefaults.artifacts;
};

ExitCode run(const ExportOptions& options) {
  const auto fail = [](const Error& error) {
    say(stderr, "aisp: {}\n", error.message());
    return ExitCode::usage;
  };
  auto ledger = open_recorded(options.artifacts);
  if (!ledger.ok()) return fail(ledger.error());
  std::vector<ExportedRun> runs;
  for (const std::string& name : options.runs) {
    auto read = read_run(*ledger, name, true);
    if (!read.ok()) return fail(read.error());
    runs.push_back(std::move(*read));
  }
  const auto text = export_runs(runs, *export_format(options.format));
  if (!text.ok()) return fail(text.error());
  if (options.output.empty() || options.output == "-") {
    std::fwrite(text->data(), 1, text->size(), stdout);
    if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0)
      return fail({"write the export", "standard output", "not all of it could be written", ""});
    return ExitCode::good;
  }
  if (const Status written = write_whole_file(std::filesystem::absolute(options.output), *text);
      !written.ok())
    return fail(written.error());
  return ExitCode::good;
}

}  // namespace

void add_export(CLI::App& bench, Command& chosen) {
  const auto options = std::make_shared<ExportOptions>();
  CLI::App* command =
      bench.add_subcommand("export", "Print recorded runs in the formats of other programs");
  command->add_option("RUN", options->runs, "Runs: an id, the beginning of one, latest or latest~1")
      ->capture_default_str();
  command
      ->add_option(
          "--format", options->format,
          "csv and json hold several runs; google-benchmark and nvbench are for those "
          "libraries' compare tools, junit for test dashboards, openmetrics for Prometheus")
      ->check(CLI::IsMember({"csv", "json", "google-benchmark", "nvbench", "junit", "openmetrics"}))
      ->capture_default_str();
  command->add_option("-o,--output", options->output, "Write to this file [standard output]")
      ->type_name("FILE");
  add_artifacts(command, options->artifacts);
  command->callback([options, &chosen] { chosen = [options] { return run(*options); }; });
}

}  // namespace aisp::cli
