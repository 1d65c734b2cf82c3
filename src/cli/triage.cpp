// `aisp bench triage`: one archive with all that a second engineer needs to look into a run.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>

#include "cli/commands.h"
#include "cli/defaults.h"
#include "cli/doctor.h"
#include "cli/recorded.h"
#include "cli/terminal.h"
#include "report/artifacts.h"
#include "report/json.h"
#include "report/printable.h"
#include "report/report.h"
#include "report/tar.h"
#include "report/verdict_text.h"

namespace aisp::cli {
namespace {

namespace fs = std::filesystem;

struct TriageOptions {
  std::string run = "latest";
  std::string output;
  std::string artifacts = kDefaults.artifacts;
  std::string chapters = kDefaults.chapters;
  std::string targets_dir;
};

using Files = std::vector<std::pair<std::string, std::string>>;

std::string windows_csv(const ImplementationResult& r) {
  std::string text =
      "round,position,kind,calls,started_ns,sealed_ns,done_ns,claim_ns,claim_span_ns,claim_min_ns,"
      "claim_sane,cpu_ns,cpu_outside_ns,threads,resident_bytes,steal_ns,calls_verified,calls_wrong,"
      "calls_by_reference,poison_intact\n";
  for (const Window& w : r.observation.windows)
    text += fmt::format("{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}\n", w.round,
                        w.position, name_of(w.kind), w.calls, w.started_ns, w.sealed_ns, w.done_ns,
                        w.claim_ns, w.claim_span_ns, w.claim_min_ns, int{w.claim_sane}, w.cpu_ns,
                        w.cpu_outside_ns, w.threads, w.resident_bytes, w.steal_ns, w.calls_verified,
                        w.calls_wrong, w.calls_by_reference, int{w.poison_intact});
  return text;
}

// Letters, digits, '-', '_' and '.', and short enough for an archive.
std::string file_name(const std::string& text, std::size_t longest) {
  std::string name;
  for (const char c : text.substr(0, longest))
    name += std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_' ? c : '-';
  return name.empty() ? "x" : name;
}

// The target's sources, where this is a checkout that has them.
void add_sources(Files& files, const std::string& root, const TriageOptions& options,
                 const std::string& target) {
  const std::size_t colon = target.find(':');
  if (colon == std::string::npos || target.find("..") != std::string::npos) return;
  const fs::path folder =
      fs::path(options.chapters) / target.substr(0, colon) / target.substr(colon + 1);
  std::error_code skip;
  for (fs::directory_iterator at(folder, skip), end; !skip && at != end; at.increment(skip)) {
    if (!fs::is_regular_file(at->symlink_status(skip)) || at->file_size(skip) > (1u << 20))
      continue;
    std::ifstream in(at->path(), std::ios::binary);
    std::stringstream text;
    text << in.rdbuf();
    files.emplace_back(fmt::format("{}/sources/{}/{}", root, file_name(target, 30),
                                   at->path().filename().string().substr(0, 30)),
                       text.str());
  }
}

std::string read_me(const ExportedRun& run) {
  std::string text = fmt::format(
      "What is in here, of the run {} ({}):\n\n"
      "manifest.json   machine, software, options, environment; the key repeats the inputs\n"
      "results.json    verdicts, findings, intervals (schemas/run.schema.json)\n"
      "report.md       the same for people: begin here\n"
      "windows/        every window that was measured, one file per implementation; ns\n"
      "sources/        the targets' sources as they were when this was packed\n"
      "doctor.json     what the machine of whoever packed this offers\n\n"
      "To repeat it on the same inputs, with sources of the commit in manifest.json:\n\n"
      "  aisp bench run -t {}{}\n\n",
      run.record.info.id, name_of(run.state), fmt::join(run.record.info.targets, ","),
      run.record.info.finished_at.empty() ? "" : " --key " + run.record.info.key_hex);
  for (const TargetResult& target : run.record.results)
    text += printable_line(target_sentence(target)) + "\n";
  return text;
}

ExitCode run(const TriageOptions& options) {
  const auto fail = [](const Error& error) {
    say(stderr, "aisp: {}\n", error.message());
    return ExitCode::usage;
  };
  auto ledger = open_recorded(options.artifacts);
  if (!ledger.ok()) return fail(ledger.error());
  const auto run = read_run(*ledger, options.run, true);
  if (!run.ok()) return fail(run.error());
  const RunInfo& info = run->record.info;
  const std::string root = "triage-" + file_name(info.id, 16);
  Files files;
  files.emplace_back(root + "/README.txt", read_me(*run));
  files.emplace_back(root + "/manifest.json", dump(manifest_json(info), 2) + "\n");
  files.emplace_back(root + "/results.json",
                     dump(results_json(info, run->record.results, run->state), 2) + "\n");
  files.emplace_back(root + "/report.md", report_markdown(info, run->record.results, run->state));
  files.emplace_back(root + "/doctor.json", doctor_json(options.artifacts, options.targets_dir));
  int number = 0;
  for (const TargetResult& target : run->record.results) {
    add_sources(files, root, options, target.target);
    for (const ImplementationResult& row : target.implementations)
      files.emplace_back(
          fmt::format("{}/windows/{:03d}-{}-{}.csv", root, ++number, file_name(target.target, 20),
                      file_name(row.implementation, 20)),
          windows_csv(row));
  }
  const auto archive = make_tar(files);
  if (!archive.ok()) return fail(archive.error());
  const std::string output = options.output.empty() ? root + ".tar" : options.output;
  if (const Status written = write_whole_file(fs::absolute(output), *archive); !written.ok())
    return fail(written.error());
  say(stdout, "{}\n", output);
  say(stderr,
      "{} files. It names this machine's paths, as manifests do: look before you hand it on.\n",
      files.size());
  return ExitCode::good;
}

}  // namespace

void add_triage(CLI::App& bench, Command& chosen) {
  const auto options = std::make_shared<TriageOptions>();
  CLI::App* command = bench.add_subcommand(
      "triage", "Pack all that a second engineer needs to look into a run into one archive");
  command->add_option("RUN", options->run, "A run: its id, the beginning of it, or latest~1")
      ->capture_default_str();
  command->add_option("-o,--output", options->output, "The archive [triage-<run>.tar here]")
      ->type_name("FILE");
  command->add_option("--chapters", options->chapters, "Where the chapters' folders are")
      ->type_name("DIR")
      ->capture_default_str();
  command
      ->add_option("--targets-dir", options->targets_dir,
                   "Where the built targets are [targets/ beside bin/]")
      ->type_name("DIR");
  add_artifacts(command, options->artifacts);
  command->callback([options, &chosen] { chosen = [options] { return run(*options); }; });
}

}  // namespace aisp::cli
