// `aisp bench verify-report`: one page of what is recorded.

#include <fnmatch.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "cli/commands.h"
#include "cli/defaults.h"
#include "cli/terminal.h"
#include "judge/manifest.h"
#include "ledger/ledger.h"
#include "report/artifacts.h"
#include "report/html_report.h"
#include "report/peaks_of_gpu.h"

namespace aisp::cli {
namespace {

namespace fs = std::filesystem;

struct VerifyReportOptions {
  std::vector<std::string> targets;  // empty = all that are recorded
  std::string run;                   // empty = the latest result of each target
  std::string gpu;
  std::string format = "html";
  std::string output;
  std::string artifacts = kDefaults.artifacts;
};

// As run -t takes them, without ranges: targets that are recorded need not be built here.
bool named(const std::vector<std::string>& patterns, const std::string& target) {
  if (patterns.empty()) return true;
  const std::string chapter = target.substr(0, target.find(':'));
  return std::any_of(patterns.begin(), patterns.end(), [&](const std::string& pattern) {
    const std::string& whole = pattern.find(':') == std::string::npos ? chapter : target;
    return pattern == "all" || fnmatch(pattern.c_str(), whole.c_str(), 0) == 0;
  });
}

Result<VerifyReport> collect(const VerifyReportOptions& options) {
  const fs::path file = fs::path(options.artifacts) / "ledger.db";
  std::error_code unreadable;
  if (!fs::exists(file, unreadable))
    return Error{"report what is recorded", file.string(), "there is no ledger",
                 "Say where runs are recorded with --artifacts DIR"};
  auto ledger = Ledger::open(file.string());
  if (!ledger.ok()) return ledger.error();
  const auto places =
      options.run.empty() ? ledger->latest_targets() : ledger->targets_of(options.run);
  if (!places.ok()) return places.error();
  VerifyReport report;
  report.generated_at = utc_text(std::chrono::system_clock::now());
  report.version = AISP_VERSION;
  report.ledger = file.string();
  report.gpu = options.gpu;
  std::map<std::string, RunInfo> runs;
  for (const Ledger::Place& place : *places) {
    if (!named(options.targets, place.target)) continue;
    if (!runs.contains(place.run)) {
      auto run = ledger->run_info(place.run);
      if (!run.ok()) return run.error();
      runs[place.run] = std::move(*run);
    }
    auto result = ledger->whole_result(place);
    if (!result.ok()) return result.error();
    report.targets.push_back({runs[place.run], std::move(*result)});
  }
  if (report.targets.empty())
    return Error{
        "report what is recorded", file.string(),
        options.targets.empty() ? "no target is recorded" : "none of these targets is recorded",
        "Record one with `aisp bench run`"};
  return report;
}

ExitCode run(const VerifyReportOptions& options) {
  const auto fail = [](const Error& error) {
    say(stderr, "aisp: {}\n", error.message());
    return ExitCode::usage;
  };
  auto report = collect(options);
  if (!report.ok()) return fail(report.error());
  if (!options.gpu.empty()) {
    auto peaks = peaks_of_gpu(options.gpu, report->targets);
    if (!peaks.ok()) return fail(peaks.error());
    report->peaks = std::move(*peaks);
  }
  const std::string text = options.format == "json" ? dump(verify_report_json(*report), 2) + "\n"
                                                    : verify_report_html(*report);
  if (!options.output.empty()) {
    const Status written = write_whole_file(fs::absolute(options.output), text);
    return written.ok() ? ExitCode::good : fail(written.error());
  }
  say(stdout, "{}", text);
  if (std::fflush(stdout) != 0)
    return fail({"write the report", "standard output", "it could not be written", ""});
  return ExitCode::good;
}

}  // namespace

void add_verify_report(CLI::App& bench, Command& chosen) {
  const auto options = std::make_shared<VerifyReportOptions>();
  CLI::App* command = bench.add_subcommand(
      "verify-report",
      "Write one page of what is recorded: times, speedups, clocks, errors, findings");
  command
      ->add_option("-t,--targets", options->targets,
                   "Only these: targets (ch01:gemm), chapters (ch01) or patterns [all]")
      ->delimiter(',')
      ->type_name("LIST");
  command->add_option("--run", options->run, "Only this run [the latest result of each target]")
      ->type_name("RUN");
  command
      ->add_option(
          "--gpu", options->gpu,
          "Place results against the peaks of this GPU, as H100 [the machine that measured]")
      ->type_name("NAME");
  command->add_option("-f,--format", options->format, "What is written")
      ->check(CLI::IsMember({"html", "json"}))
      ->capture_default_str();
  command->add_option("-o,--output", options->output, "Where to [standard output]")
      ->type_name("FILE");
  command->add_option("--artifacts", options->artifacts, "Where runs are recorded")
      ->type_name("DIR")
      ->capture_default_str();
  command->footer(
      "Exit codes: 0 written, whatever the verdicts in it are; 2 usage or environment.");
  command->callback([options, &chosen] { chosen = [options] { return run(*options); }; });
}

}  // namespace aisp::cli
