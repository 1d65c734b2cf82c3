// `aisp bench audit`: are the targets fit to judge others?

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "audit/audit.h"
#include "base/hash.h"
#include "cli/commands.h"
#include "cli/defaults.h"
#include "cli/install.h"
#include "cli/terminal.h"
#include "device/cpu/peaks.h"
#include "report/artifacts.h"
#include "report/audit_text.h"

namespace aisp::cli {
namespace {

namespace fs = std::filesystem;

struct AuditOptions {
  std::vector<std::string> targets;
  bool all = false;
  std::string device;  // empty = cpu where a target is posed there
  bool json = false;
  std::string format = kDefaults.format;  // table, markdown, json, sarif
  std::string output;                     // a file in place of stdout
  std::string key;
  std::string targets_dir;
};

// Where people look for it: the source, when the command is typed in a checkout.
fs::path source_of(const TargetFiles& target) {
  const fs::path folder = fs::path(target.chapter) / target.name / "problem.cpp";
  for (const fs::path& source : {"chapters" / folder, folder}) {
    std::error_code unreadable;
    if (fs::exists(source, unreadable)) return source;
  }
  return target.problem;
}

std::string printed(const AuditOptions& options, const std::vector<audit::TargetAudit>& audits) {
  if (options.json || options.format == "json") return dump(audit_json(audits), 2) + "\n";
  if (options.format == "sarif") return dump(audit_sarif(audits, AISP_VERSION), 2) + "\n";
  if (options.format == "markdown") return audit_markdown(audits);
  return audit_text(audits, false);
}

ExitCode run(const AuditOptions& options) {
  const auto fail = [](const Error& error) {
    say(stderr, "aisp: {}\n", error.message());
    return ExitCode::usage;
  };
  if (options.all == !options.targets.empty())
    return fail({"audit", "", "nothing is named, or both --all and -t are",
                 "Name targets with -t, for example -t ch01, or all of them with --all"});
  const auto install = find_install(options.targets_dir);
  if (!install.ok()) return fail(install.error());
  const auto found = find_targets(install->targets);
  if (!found.ok()) return fail(found.error());
  const std::vector<std::string> everything = {"all"};
  const auto selected = select_targets(*found, options.all ? everything : options.targets, "");
  if (!selected.ok()) return fail(selected.error());

  const CpuPeaks peaks = measure_cpu_peaks();
  audit::Options how;
  how.peaks = {peaks.flops_per_second, peaks.bytes_per_second};
  std::vector<audit::TargetAudit> audits;
  for (const TargetFiles& target : *selected) {
    if (options.device.empty() || target.on(options.device) != nullptr) {
      how.key = options.key.empty() ? Key{blake2b(target.target())} : *Key::from_hex(options.key);
      audits.push_back(audit::audit_target(target, options.device, how));
      audits.back().problem = source_of(target);
    }
  }
  if (options.all)
    for (audit::TargetAudit& orphans : audit::audit_orphans(install->targets, *found))
      audits.push_back(std::move(orphans));
  if (audits.empty())
    return fail({"audit", options.device, "none of these targets is posed there", ""});

  const std::string text = printed(options, audits);
  if (options.output.empty()) {
    say(stdout, "{}", text);
    if (std::fflush(stdout) != 0) return fail({"write the audit", "standard output", "", ""});
  } else if (const Status written = write_whole_file(fs::absolute(options.output), text);
             !written.ok()) {
    return fail(written.error());
  }
  if (audit::any_error(audits)) return ExitCode::refused;
  return audit::any_not_run(audits) ? ExitCode::unproven : ExitCode::good;
}

}  // namespace

void add_audit(CLI::App& bench, Command& chosen) {
  const auto options = std::make_shared<AuditOptions>();
  CLI::App* command = bench.add_subcommand(
      "audit",
      "Check that targets are fit to judge others: pairs, tolerances, degenerate problems, work");
  command->add_flag("--all", options->all, "Every target, and every stray file among them");
  command->add_option("-t,--targets", options->targets, "Only these: any LIST that run -t takes")
      ->type_name("LIST");
  command
      ->add_option(
          "--device", options->device,
          "Look at the numbers of the problem as it is posed there; needs no GPU [cpu, where "
          "it is posed there]")
      ->check(CLI::IsMember({"cpu", "cuda"}));
  command->add_flag("--json", options->json, "Print JSON, and nothing else, on stdout");
  command->add_option("--format", options->format, "How findings are printed")
      ->check(CLI::IsMember({"table", "markdown", "json", "sarif"}))
      ->capture_default_str();
  command
      ->add_option("-o,--output", options->output, "Write them to this file, whole or not at all")
      ->type_name("FILE");
  command
      ->add_option("--key", options->key,
                   "Draw inputs from this key, 64 hex digits [one of the target's name: the same "
                   "audit each time]")
      ->type_name("HEX")
      ->check(CLI::Validator(
          [](const std::string& hex) {
            return Key::from_hex(hex) ? std::string() : "a key is 64 hexadecimal digits";
          },
          ""));
  command
      ->add_option("--targets-dir", options->targets_dir,
                   "Where the built targets are [targets/ beside bin/]")
      ->type_name("DIR");
  command->footer(
      "Exit codes: 0 no error; 1 a target has an error; 2 usage or environment; 3 no error, but "
      "something could not be asked.");
  command->callback([options, &chosen] { chosen = [options] { return run(*options); }; });
}

}  // namespace aisp::cli
