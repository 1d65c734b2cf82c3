// The command line: what was asked for, in plain structs, or the exit code of a usage error.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "cli/commands.h"
#include "cli/defaults.h"

namespace aisp::cli {

enum class Format { table, markdown, json };

// `aisp bench run` and `aisp bench verify`.
struct RunOptions {
  std::vector<std::string> targets;
  std::string profile = kDefaults.profile;
  std::string device = kDefaults.device;
  int rounds = 0;  // 0 = by the stopping rule
  double time_limit_s = kDefaults.time_limit_s;
  double interval_percent = kDefaults.interval_percent;
  std::vector<std::string> candidates;  // files or folders
  std::string candidate_flags;
  std::string entry;   // of .cubin and .ptx candidates
  std::string launch;  // the same: "grid=… block=… shared=…"
  bool with_own = false;
  Format format = Format::table;
  std::string key;  // hex; empty = drawn
  std::string validity_profile;
  std::string artifacts = kDefaults.artifacts;
  std::optional<std::string> resume;  // empty string = the latest interrupted run
  bool in_process = false;
  bool flush = true;
  bool graph_replay = false;
  int calls_per_window = 0;  // 0 = as many as a window of some milliseconds takes
  std::string targets_dir;
  bool quiet = false;
  bool verify_only = false;
  bool golden = false;         // keep reference outputs of `key`
  bool update_golden = false;  // … and make all of them anew
  double golden_limit_mib = kDefaults.golden_limit_mib;
  std::string verify_phase;  // "detect", "quarantine", "gate"; empty = a refusal is exit code 1
};

struct ListOptions {
  std::string chapter;
  bool json = false;
  std::string targets_dir;
};

struct TemplateOptions {
  std::string target;
  std::string language = kDefaults.language;
  std::string targets_dir;
};

struct RedteamOptions {
  std::string device = kDefaults.device;
  std::string pattern;
  int repeat = 1;
  std::string part;  // "2/4": the second quarter; empty = all
  bool json = false;
  bool guards = false;
  std::vector<std::string> from;  // recorded runs to show in place of a run
  std::string write_protections;
  std::string artifacts = kDefaults.artifacts;
  std::string targets_dir;
  bool quiet = false;
};

// `Command`: everything that commands.h lists.
using CommandLine = std::variant<RunOptions, ListOptions, TemplateOptions, RedteamOptions, Command>;

// An int is the exit code: help, version or a usage error, already printed.
std::variant<CommandLine, int> parse_command_line(int argc, const char* const* argv);

}  // namespace aisp::cli
