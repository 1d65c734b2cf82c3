// `aisp bench expectations check|update|show`.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <fstream>
#include <map>
#include <memory>
#include <sstream>

#include "cli/commands.h"
#include "cli/defaults.h"
#include "cli/recorded.h"
#include "cli/terminal.h"
#include "judge/manifest.h"
#include "report/artifacts.h"
#include "report/expectations.h"
#include "report/json.h"
#include "report/printable.h"
#include "report/quantity.h"

namespace aisp::cli {
namespace {

namespace fs = std::filesystem;

struct ExpectationsOptions {
  std::string run = "latest";
  std::vector<std::string> targets;
  std::string chapters = kDefaults.chapters;
  std::string artifacts = kDefaults.artifacts;
  bool json = false;
};

ExitCode fail(const Error& error) {
  say(stderr, "aisp: {}\n", error.message());
  return ExitCode::usage;
}

std::string chapter_of(const std::string& target) { return target.substr(0, target.find(':')); }

bool wanted(const ExpectationsOptions& options, const std::string& target) {
  return options.targets.empty() ||
         std::any_of(options.targets.begin(), options.targets.end(), [&](const std::string& t) {
           return t == target || t == chapter_of(target) || t == "all";
         });
}

// nullopt where there is no file.
Result<std::optional<Expectations>> load(const fs::path& file) {
  std::error_code unknown;
  if (!fs::exists(file, unknown)) return std::optional<Expectations>();
  std::ifstream in(file, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  if (!in || in.bad()) return Error{"read expectations", file.string(), "it cannot be read", ""};
  auto read = read_expectations(text.str(), file.string());
  if (!read.ok()) return read.error();
  return std::optional(std::move(*read));
}

// The results of the run that are asked for, by the file that they belong to.
std::map<fs::path, std::vector<TargetResult>> by_file(const ExpectationsOptions& options,
                                                      const ExportedRun& run) {
  std::map<fs::path, std::vector<TargetResult>> files;
  for (const TargetResult& result : run.record.results)
    if (wanted(options, result.target))
      files[expectations_file(options.chapters, chapter_of(result.target),
                              hardware_key(run.record.info, result.device))]
          .push_back(result);
  return files;
}

Result<ExportedRun> recorded(const ExpectationsOptions& options) {
  auto ledger = open_recorded(options.artifacts);
  if (!ledger.ok()) return ledger.error();
  return read_run(*ledger, options.run, false);
}

ExitCode check(const ExpectationsOptions& options) {
  const auto run = recorded(options);
  if (!run.ok()) return fail(run.error());
  Json json = {{"schema_version", 1}, {"run", run->record.info.id}, {"checks", Json::array()}};
  bool regressed = false, compared = false;
  for (const auto& [file, results] : by_file(options, *run)) {
    auto expectations = load(file);
    if (!expectations.ok()) return fail(expectations.error());
    if (!options.json) say(stdout, "{}{}\n", file.string(), *expectations ? "" : ": there is none");
    const Expectations none;
    for (const ExpectationCheck& c :
         check_expectations(*expectations ? **expectations : none, results)) {
      regressed |= is_regression(c.status);
      compared |= c.against_last.has_value();
      if (options.json) {
        json["checks"].push_back({{"file", file.string()},
                                  {"target", c.target},
                                  {"implementation", c.implementation},
                                  {"status", name_of(c.status)},
                                  {"regression", is_regression(c.status)},
                                  {"times_faster_than_last", interval_json(c.against_last)},
                                  {"times_faster_than_first", interval_json(c.against_first)},
                                  {"note", c.note}});
        continue;
      }
      say(stdout, "  {:<40} {:<20} {}{}{}\n", printable_line(c.target + " " + c.implementation),
          name_of(c.status),
          c.against_last ? human_speedup(*c.against_last) + " as fast as what was accepted" : "",
          c.against_last && !c.note.empty() ? "; " : "", printable_line(c.note));
    }
  }
  if (options.json) say(stdout, "{}\n", dump(json, 2));
  if (regressed) return ExitCode::refused;
  return compared ? ExitCode::good : ExitCode::unproven;
}

ExitCode update(const ExpectationsOptions& options) {
  const auto run = recorded(options);
  if (!run.ok()) return fail(run.error());
  if (run->state == RunState::running)
    return fail({"accept a run", run->record.info.id, "it is still running", "Wait for its end"});
  const std::string now = utc_text(std::chrono::system_clock::now());
  Json json = {{"schema_version", 1}, {"run", run->record.info.id}, {"files", Json::array()}};
  bool any = false;
  for (const auto& [file, results] : by_file(options, *run)) {
    std::error_code unknown;
    if (!fs::is_directory(file.parent_path(), unknown))
      return fail({"write expectations", file.string(), "there is no such folder",
                   "Say with --chapters where the chapters are"});
    auto expectations = load(file);
    if (!expectations.ok()) return fail(expectations.error());
    Expectations next = *expectations ? std::move(**expectations) : Expectations{};
    next.hardware_key = hardware_key(run->record.info, results.front().device);
    const auto lines = update_expectations(next, run->record, results, now);
    if (!next.targets.empty()) {
      any = true;
      if (const Status written = write_whole_file(fs::absolute(file), expectations_text(next));
          !written.ok())
        return fail(written.error());
    }
    json["files"].push_back({{"file", file.string()}, {"changes", lines}});
    if (options.json) continue;
    say(stdout, "{}\n", file.string());
    for (const std::string& line : lines) say(stdout, "  {}\n", printable_line(line));
  }
  if (options.json) say(stdout, "{}\n", dump(json, 2));
  return any ? ExitCode::good : ExitCode::unproven;
}

ExitCode show(const ExpectationsOptions& options) {
  std::error_code unknown;
  std::vector<fs::path> files;
  for (fs::recursive_directory_iterator at(options.chapters, unknown), end; at != end;
       at.increment(unknown)) {
    const std::string name = at->path().filename().string();
    if (name.rfind("expectations_", 0) == 0 && at->path().extension() == ".json")
      files.push_back(at->path());
  }
  std::sort(files.begin(), files.end());
  Json json = {{"schema_version", 1}, {"files", Json::array()}};
  for (const fs::path& file : files) {
    auto expectations = load(file);
    if (!expectations.ok()) return fail(expectations.error());
    json["files"].push_back({{"file", file.string()},
                             {"expectations", Json::parse(expectations_text(**expectations))}});
    if (options.json) continue;
    say(stdout, "{}\n", file.string());
    for (const auto& [name, target] : (*expectations)->targets)
      for (const auto& [implementation, e] : target.implementations)
        say(stdout, "  {:<40} {:<32} {:<28} {}\n", printable_line(name + " " + implementation),
            human_time(e.last.time_ns), e.last.speedup ? human_speedup(*e.last.speedup) : "-",
            printable_line(e.last.timestamp +
                           (e.first.run == e.last.run ? "" : ", first " + e.first.timestamp)));
  }
  if (options.json)
    say(stdout, "{}\n", dump(json, 2));
  else if (files.empty())
    say(stdout, "No expectations below {}; `aisp bench expectations update` accepts a run.\n",
        options.chapters);
  return ExitCode::good;
}

}  // namespace

void add_expectations(CLI::App& bench, Command& chosen) {
  CLI::App* command = bench.add_subcommand(
      "expectations",
      "Hold a run against what was accepted on this hardware: expectations_<hardware>.json beside "
      "the chapter");
  command->require_subcommand(1);
  const auto options = std::make_shared<ExpectationsOptions>();
  const auto add = [&](const char* name, const char* help,
                       ExitCode (*run)(const ExpectationsOptions&), bool of_a_run) {
    CLI::App* sub = command->add_subcommand(name, help);
    if (of_a_run) {
      sub->add_option("RUN", options->run, "A run: its id, the beginning of it, or latest~1")
          ->capture_default_str();
      sub->add_option("-t,--targets", options->targets, "Only these targets or chapters [all]")
          ->type_name("LIST")
          ->delimiter(',');
      add_artifacts(sub, options->artifacts);
    }
    sub->add_option("--chapters", options->chapters, "Where the chapters' folders are")
        ->type_name("DIR")
        ->capture_default_str();
    sub->add_flag("--json", options->json, "Print JSON, and nothing else, on stdout");
    sub->callback([options, run, &chosen] { chosen = [options, run] { return run(*options); }; });
  };
  add("check",
      "Is a run as fast as what was accepted? By intervals; also against what was accepted first. "
      "Exit code 1 if something is slower, drifted, missing or not accepted",
      check, true);
  add("update", "Accept what a run shows: what is proven correct and honest, and nothing else",
      update, true);
  add("show", "Show what is accepted", show, false);
}

}  // namespace aisp::cli
