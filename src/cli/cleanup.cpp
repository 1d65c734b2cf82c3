// `aisp cleanup`: folders of old runs and what crashed runs left behind. The ledger is never touched:
// it is the record, and folders can be made from it again.
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cctype>
#include <filesystem>
#include <iostream>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "cli/commands.h"
#include "cli/defaults.h"
#include "cli/recorded.h"
#include "cli/terminal.h"
#include "ledger/result_json.h"
#include "report/printable.h"
#include "report/quantity.h"

namespace aisp::cli {
namespace {

namespace fs = std::filesystem;

struct CleanupOptions {
  std::string artifacts = kDefaults.artifacts;
  unsigned keep = kDefaults.kept_runs;
  bool dry_run = false;
  bool yes = false;
  bool json = false;
};

struct Leftover {
  fs::path path;
  std::string why;
  std::uintmax_t bytes = 0;
};

std::uintmax_t bytes_below(const fs::path& path) {
  std::error_code skip;
  if (fs::is_regular_file(fs::symlink_status(path, skip))) return fs::file_size(path, skip);
  std::uintmax_t sum = 0;
  for (fs::recursive_directory_iterator at(path, skip), end; at != end; at.increment(skip))
    if (at->is_regular_file(skip) && !at->is_symlink(skip)) sum += at->file_size(skip);
  return sum;
}

// Names that our own writers give to drafts; older than a day, so that nobody is writing them.
bool is_draft(const fs::path& file) {
  const std::string name = file.filename().string();
  return name.rfind(".write-test-", 0) == 0 || name.find(".new-") != std::string::npos ||
         (name.rfind("machine_peaks.json.", 0) == 0 &&
          std::all_of(name.begin() + 19, name.end(),
                      [](unsigned char c) { return std::isdigit(c) != 0; }));
}

bool older_than_a_day(const fs::path& path) {
  std::error_code failure;
  const auto written = fs::last_write_time(path, failure);
  return !failure && fs::file_time_type::clock::now() - written > std::chrono::hours(24);
}

Result<std::vector<Leftover>> find_leftovers(const CleanupOptions& options) {
  std::vector<Leftover> found;
  const fs::path root = options.artifacts;
  std::error_code failure;
  if (!fs::is_directory(root, failure))
    return Error{"clean up", root.string(), "there is no such folder", "Say --artifacts DIR"};
  // Runs that somebody is at are left alone; without a ledger nothing is known, and all are.
  std::set<std::string> busy;
  bool known = false;
  if (fs::exists(root / "ledger.db", failure)) {
    auto ledger = open_recorded(options.artifacts);
    if (!ledger.ok()) return ledger.error();
    for (const RunState state : {RunState::running, RunState::interrupted}) {
      const auto runs = ledger->runs(state);
      if (!runs.ok()) return runs.error();
      busy.insert(runs->begin(), runs->end());
    }
    known = true;
  }
  std::vector<fs::path> runs;
  for (fs::directory_iterator at(root / "runs", failure), end; !failure && at != end;
       at.increment(failure))
    if (fs::is_directory(at->symlink_status(failure))) runs.push_back(at->path());
  // Ids begin with the time.
  std::sort(runs.begin(), runs.end(), [](const fs::path& a, const fs::path& b) {
    return a.filename().string() > b.filename().string();
  });
  for (std::size_t i = options.keep; known && i < runs.size(); ++i)
    if (!busy.contains(runs[i].filename().string()))
      found.push_back({runs[i], "a run's folder; its record stays in the ledger", 0});
  for (fs::directory_iterator at(root, failure), end; !failure && at != end; at.increment(failure))
    if (fs::is_regular_file(at->symlink_status(failure)) && is_draft(at->path()) &&
        older_than_a_day(at->path()))
      found.push_back({at->path(), "a draft that was never finished", 0});
  for (Leftover& leftover : found) leftover.bytes = bytes_below(leftover.path);
  return found;
}

bool answered_yes() {
  say(stdout, "Delete these? [y/N] ");
  std::fflush(stdout);
  std::string answer;
  std::getline(std::cin, answer);
  return answer == "y" || answer == "yes" || answer == "Y";
}

ExitCode run(const CleanupOptions& options) {
  const auto leftovers = find_leftovers(options);
  if (!leftovers.ok()) {
    say(stderr, "aisp: {}\n", leftovers.error().message());
    return ExitCode::usage;
  }
  std::uintmax_t bytes = 0;
  for (const Leftover& l : *leftovers) bytes += l.bytes;
  const bool asks = !options.dry_run && !options.yes && !leftovers->empty();
  if (!options.json) {
    for (const Leftover& l : *leftovers)
      say(stdout, "{:>12}  {}  ({})\n", human_bytes(static_cast<double>(l.bytes)),
          printable_line(l.path.string()), l.why);
    say(stdout, "{} to delete, {}\n", leftovers->size(), human_bytes(static_cast<double>(bytes)));
  }
  bool deletes = !options.dry_run && !leftovers->empty();
  if (asks) {
    if (options.json || isatty(STDIN_FILENO) != 1) {
      say(stderr, "aisp: nothing was deleted: say --yes to delete what is shown\n");
      return ExitCode::usage;
    }
    deletes = answered_yes();
  }
  std::size_t deleted = 0;
  std::vector<std::string> failed;
  for (const Leftover& l : *leftovers) {
    if (!deletes) break;
    std::error_code failure;
    fs::remove_all(l.path, failure);  // removes a link itself, not what it points to
    if (failure)
      failed.push_back(l.path.string() + ": " + failure.message());
    else
      ++deleted;
  }
  if (options.json) {
    Json json = {{"schema_version", 1},
                 {"dry_run", options.dry_run},
                 {"deleted", deleted},
                 {"bytes", bytes},
                 {"found", Json::array()}};
    for (const Leftover& l : *leftovers)
      json["found"].push_back({{"path", l.path.string()}, {"bytes", l.bytes}, {"why", l.why}});
    say(stdout, "{}\n", dump(json, 2));
  } else if (deletes) {
    say(stdout, "{} deleted\n", deleted);
  } else if (!leftovers->empty()) {
    say(stdout, "nothing was deleted\n");
  }
  for (const std::string& line : failed) say(stderr, "aisp: not deleted: {}\n", line);
  return failed.empty() ? ExitCode::good : ExitCode::usage;
}

}  // namespace

void add_cleanup(CLI::App& app, Command& chosen) {
  const auto options = std::make_shared<CleanupOptions>();
  CLI::App* command = app.add_subcommand(
      "cleanup",
      "Delete folders of old runs and unfinished drafts; shows them first, and never touches the "
      "ledger");
  command->add_flag("--dry-run", options->dry_run, "Only show what would be deleted");
  command->add_flag("-y,--yes", options->yes, "Do not ask");
  command->add_option("--keep", options->keep, "Keep the folders of the newest runs")
      ->type_name("N")
      ->capture_default_str();
  add_artifacts(command, options->artifacts);
  command->add_flag("--json", options->json, "Print JSON, and nothing else, on stdout");
  command->callback([options, &chosen] { chosen = [options] { return run(*options); }; });
}

}  // namespace aisp::cli
