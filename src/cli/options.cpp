#include "cli/options.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <map>
#include <optional>

#include "base/chacha.h"
#include "cli/exit_code.h"
#include "cli/terminal.h"
#include "problem/registry.h"
#include "redteam/corpus.h"

#ifndef AISP_VERSION
#error "AISP_VERSION is set by the build"
#endif

namespace aisp::cli {
namespace {

const std::map<std::string, Format> kFormats = {
    {"table", Format::table}, {"markdown", Format::markdown}, {"json", Format::json}};

std::string check_key(const std::string& hex) {
  return Key::from_hex(hex) ? "" : "a key is 64 hexadecimal digits";
}

std::string default_validity() {
  const char* ci = std::getenv("CI");
  return ci != nullptr && *ci != '\0' ? "strict" : "portable";
}

// In small letters, from the environment where nothing was said; nothing for another word. CLI11 would
// pass over a word in the environment that it does not know.
std::optional<std::string> phase_of(std::string said) {
  const char* environment = std::getenv("AISP_VERIFY_PHASE");
  if (said.empty() && environment != nullptr) said = environment;
  for (char& c : said) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  for (const char* known : {"", "detect", "quarantine", "gate"})
    if (said == known) return said;
  return std::nullopt;
}

void add_targets_dir(CLI::App* command, std::string& value) {
  command->add_option("--targets-dir", value, "Where the built targets are [targets/ beside bin/]")
      ->type_name("DIR");
}

// What `run` and `verify` have in common.
void add_judging(CLI::App* command, RunOptions& options, bool& json, std::string& format) {
  command
      ->add_option("-t,--targets", options.targets,
                   "What to judge: targets (ch01:gemm), chapters (ch01), ranges (ch01..ch03), "
                   "patterns ('ch01:g*'), all; joined with commas or given again")
      ->type_name("LIST");
  command->add_option("--device", options.device, "Where it runs")
      ->check(CLI::IsMember({"cpu", "cuda"}))
      ->capture_default_str();
  command
      ->add_option(
          "--candidate", options.candidates,
          "Judge this implementation of the one target named with -t, in place of the "
          "target's own: a shared object, a .cpp (compiled inside the sandbox), or a folder "
          "of such files; may be given again. With --device cuda: a shared object, a .cu, a .ptx "
          "(both compiled by nvcc inside the sandbox) or a .cubin")
      ->type_name("FILE|DIR")
      ->allow_extra_args(false);
  command
      ->add_option(
          "--candidate-flags", options.candidate_flags,
          fmt::format("More compiler flags: for .cpp after {}; for .cu after {} -arch=sm_… of the "
                      "GPU, unless these say -arch or -gencode",
                      kDefaults.compile_flags, kDefaults.cuda_compile_flags))
      ->type_name("FLAGS");
  command
      ->add_option("--entry", options.entry,
                   "The kernel of .cubin and .ptx candidates, as the file names it [the only one]")
      ->type_name("NAME");
  command
      ->add_option("--launch", options.launch,
                   "How .cubin and .ptx candidates are launched: words grid=X,Y,Z block=X,Y,Z "
                   "shared=BYTES [a thread for each element of the first output, block=256]; a "
                   "file's own FILE.launch comes before")
      ->type_name("WORDS");
  command->add_flag("--with-own", options.with_own,
                    "With --candidate: also the target's own optimized versions and ceilings");
  command->add_flag("--json", json, "Print JSON, and nothing else, on stdout");
  command->add_option("--format", format, "How results are printed")
      ->check(CLI::IsMember({"table", "markdown", "json"}))
      ->default_str(kDefaults.format);
  command
      ->add_option("--key", options.key,
                   "Repeat the inputs of an earlier run: 64 hex digits, printed at its end")
      ->type_name("HEX")
      ->check(CLI::Validator(check_key, ""));
  options.validity_profile = default_validity();
  command
      ->add_option("--validity-profile", options.validity_profile,
                   "portable reports protections that this machine lacks, strict refuses to run "
                   "without them; strict is the default in CI ($CI set)")
      ->check(CLI::IsMember({"portable", "strict"}))
      ->capture_default_str();
  command
      ->add_option(
          "--verify-phase", options.verify_phase,
          "What a refusal means: detect only reports it; quarantine also keeps it out of "
          "performance results until a verification passes it; gate also ends with exit code "
          "1 [$AISP_VERIFY_PHASE, or reported and exit code 1]")
      ->type_name("detect|quarantine|gate");
  command
      ->add_option("--artifacts", options.artifacts,
                   options.verify_only
                       ? "Whose quarantine it is, with --verify-phase, and whose golden "
                         "outputs, with --golden"
                       : "Where runs are recorded: ledger.db and runs/<id>/"
                         "{manifest.json,results.json,report.md}")
      ->type_name("DIR")
      ->capture_default_str();
  command->add_flag(
      "--golden", options.golden,
      "With --key: keep the reference's outputs under <artifacts>/golden, and take them "
      "from there the next time");
  command->add_flag("--update-golden", options.update_golden,
                    "The same, but ask the reference anew and replace what was kept");
  command
      ->add_option("--golden-limit", options.golden_limit_mib,
                   "Keep at most this many MiB of them; those used longest ago go first")
      ->type_name("MIB")
      ->check(CLI::Range(1.0, 1e9))
      ->capture_default_str();
  command->add_flag("--in-process", options.in_process,
                    "For debuggers: everything in this process, no sandbox; gives no verdicts and "
                    "records nothing");
  command
      ->add_flag("!--no-flush", options.flush,
                 "Do not flush the caches before each window: times of warm data")
      ->default_str("");
  command->add_flag("--graph-replay", options.graph_replay,
                    "With --device cuda: capture each run into a CUDA graph, once for each set of "
                    "buffers, and time replays of it; what cannot be captured is not proven");
  command
      ->add_option("--calls-per-window", options.calls_per_window,
                   "At most this many calls in one timed window [by the length of a call]")
      ->type_name("N")
      ->check(CLI::Range(1, 16384));
  add_targets_dir(command, options.targets_dir);
  command->add_flag("-q,--quiet", options.quiet, "No progress on stderr");
}

void add_redteam(CLI::App* command, RedteamOptions& options) {
  command->footer(kRedteamExitCodesHelp);
  command->add_option("--device", options.device, "Whose attacks")
      ->check(CLI::IsMember({"cpu", "cuda"}))
      ->capture_default_str();
  command
      ->add_option(
          "-k", options.pattern,
          "Only those with this in their name, or of this class (T4), or that fit a pattern "
          "('forged_*')")
      ->type_name("PATTERN");
  command->add_option("--repeat", options.repeat, "Run all of it so many times")
      ->type_name("N")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  command
      ->add_option("--part", options.part,
                   "Only the Kth of N parts, for machines that are lent for minutes; "
                   "tools/join_redteam.py joins what they recorded")
      ->type_name("K/N")
      ->check([](const std::string& text) {
        const auto slice = redteam::slice_from(text);
        return slice.ok() ? std::string() : slice.error().message();
      });
  command->add_flag("--json", options.json, "Print JSON, and nothing else, on stdout");
  command->add_flag("--guards", options.guards,
                    "Show what each guard is good for: which attacks pass when it is switched off");
  command
      ->add_option("--from", options.from,
                   "Run nothing: show this recorded run again; may be given once for each device")
      ->type_name("FILE")
      ->check(CLI::ExistingFile)
      ->allow_extra_args(false);
  command
      ->add_option("--write-protections", options.write_protections,
                   "Write docs/protections.md: what the runs show of each protection")
      ->type_name("FILE");
  command
      ->add_option("--artifacts", options.artifacts, "Where runs are recorded: redteam/<time>.json")
      ->type_name("DIR")
      ->capture_default_str();
  add_targets_dir(command, options.targets_dir);
  command->add_flag("-q,--quiet", options.quiet, "No progress on stderr");
}

// "there is no command 'bnch': did you mean bench?", for the first word that is none where one is due, or the first flag that
// does not exist; empty where neither is what went wrong.
std::string hint_at_a_slip(const CLI::App& app, int argc, const char* const* argv) {
  const auto nearest = [](std::string_view given, const std::vector<std::string>& names) {
    constexpr std::size_t kFurthest = 3;
    std::string best;
    std::size_t least = std::min(kFurthest, given.size() / 2 + 1);
    for (const std::string& name : names) {
      const std::size_t distance = edit_distance(given, name);
      if (distance > least || (distance == least && !best.empty())) continue;
      least = distance;
      best = name;
    }
    return best;
  };
  const CLI::App* at = &app;
  std::string path = "aisp";
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    const auto commands = at->get_subcommands([](const CLI::App*) { return true; });
    if (word.starts_with("--")) {
      std::vector<std::string> flags;
      for (const CLI::Option* option : at->get_options())
        for (const std::string& name : option->get_lnames()) flags.push_back("--" + name);
      const std::string flag = word.substr(0, word.find('='));
      if (std::find(flags.begin(), flags.end(), flag) != flags.end()) continue;
      const std::string best = nearest(flag, flags);
      return best.empty() ? "" : fmt::format("there is no {}: did you mean {}?", flag, best);
    }
    if (commands.empty() || word.starts_with("-")) continue;
    std::vector<std::string> names;
    const CLI::App* found = nullptr;
    for (const CLI::App* command : commands) {
      names.push_back(command->get_name());
      if (command->get_name() == word) found = command;
    }
    if (found == nullptr) {
      const std::string best = nearest(word, names);
      return fmt::format("there is no command '{}' of `{}`{} It has: {}", word, path,
                         best.empty() ? "." : ": did you mean " + best + "?",
                         fmt::join(names, ", "));
    }
    at = found;
    path += " " + word;
  }
  return "";
}

}  // namespace

std::variant<CommandLine, int> parse_command_line(int argc, const char* const* argv) {
  CLI::App app(
      "Times implementations of one computation, proves that they compute the same and that "
      "the time is real, and says how much faster one is, with an interval.",
      "aisp");
  app.set_version_flag("--version", "aisp " AISP_VERSION);
  app.footer(kExitCodesHelp);
  app.require_subcommand(1);
  CLI::App* bench = app.add_subcommand("bench", "Judge benchmarks");
  bench->require_subcommand(1);
  bench->footer(kExitCodesHelp);

  RunOptions run;
  bool json = false;
  std::string format = kDefaults.format;
  std::string resume;
  CLI::App* run_command = bench->add_subcommand("run", "Time, verify and judge targets");
  run_command->footer(kExitCodesHelp);
  add_judging(run_command, run, json, format);
  run_command
      ->add_option("--profile", run.profile,
                   "How much is profiled; nothing more than times is, yet")
      ->check(CLI::IsMember({"none", "minimal"}))
      ->capture_default_str();
  run_command
      ->add_option("--rounds", run.rounds,
                   "Exactly this many rounds [until the interval is narrow enough]")
      ->type_name("N")
      ->check(CLI::Range(1, 100000));
  run_command
      ->add_option("--time-limit", run.time_limit_s, "Stop the rounds of a target after this long")
      ->type_name("S")
      ->check(CLI::Range(0.01, 1e6))
      ->capture_default_str();
  run_command
      ->add_option("--interval", run.interval_percent,
                   "Stop when the speedup is known to plus or minus this many percent")
      ->type_name("PCT")
      ->check(CLI::Range(0.01, 100.0))
      ->capture_default_str();
  CLI::Option* resume_option =
      run_command
          ->add_option(
              "--resume", resume,
              "Go on with the targets that are left of an interrupted run [the latest one], "
              "with its options")
          ->type_name("[RUN]")
          ->expected(0, 1);

  RunOptions verify;
  verify.verify_only = true;
  bool verify_json = false;
  std::string verify_format = kDefaults.format;
  CLI::App* verify_command = bench->add_subcommand(
      "verify",
      "Check correctness and honesty in a few rounds; compares no times, records nothing");
  verify_command->footer(kExitCodesHelp);
  add_judging(verify_command, verify, verify_json, verify_format);

  ListOptions list;
  CLI::App* list_command = bench->add_subcommand("list-targets", "Show what can be judged");
  list_command
      ->add_option("--chapter", list.chapter, "Only this chapter; or any LIST that run -t takes")
      ->type_name("LIST");
  list_command->add_flag("--json", list.json, "Print JSON");
  add_targets_dir(list_command, list.targets_dir);

  TemplateOptions make_template;
  CLI::App* template_command = bench->add_subcommand(
      "template",
      "Print a candidate to start from: it compiles, and explains the target's tensors");
  template_command->add_option("-t,--target", make_template.target, "One target, as ch01:gemm")
      ->type_name("TARGET")
      ->required();
  template_command
      ->add_option("--lang", make_template.language,
                   "The candidate's language; cu is for --device cuda")
      ->check(CLI::IsMember({"cpp", "cu"}))
      ->capture_default_str();
  add_targets_dir(template_command, make_template.targets_dir);

  RedteamOptions redteam;
  CLI::App* redteam_command = app.add_subcommand(
      "redteam", "Run the corpus of attacks, and of honest code that must pass, against the judge");
  add_redteam(redteam_command, redteam);
  Command chosen_command;
  for (const auto add :
       {add_audit, add_quarantine_report, add_verify_report, add_compare, add_expectations,
        add_export, add_history, add_peak, add_theoretical_peak, add_triage})
    add(*bench, chosen_command);
  for (const auto add : {add_new_target, add_migrate, add_doctor, add_cleanup})
    add(app, chosen_command);

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const int code = app.exit(error);
    if (code == 0) return value_of(ExitCode::good);
    if (const std::string hint = hint_at_a_slip(app, argc, argv); !hint.empty())
      say(stderr, "aisp: {}\n", hint);
    return value_of(ExitCode::usage);
  }

  const auto usage = [](const std::string& text) {
    say(stderr, "aisp: {}\n", text);
    return value_of(ExitCode::usage);
  };
  if (chosen_command) return CommandLine(std::move(chosen_command));
  if (list_command->parsed()) return CommandLine(list);
  if (template_command->parsed()) return CommandLine(make_template);
  if (redteam_command->parsed()) {
    if (redteam.json && redteam.from.size() > 1)
      return usage("--json prints one run. Give one --from, or leave out --json");
    return CommandLine(redteam);
  }
  RunOptions& chosen = verify_command->parsed() ? verify : run;
  const bool wants_json = verify_command->parsed() ? verify_json : json;
  chosen.format =
      wants_json ? Format::json : kFormats.at(verify_command->parsed() ? verify_format : format);
  if (const auto phase = phase_of(chosen.verify_phase)) {
    chosen.verify_phase = *phase;
  } else {
    return usage("--verify-phase (or AISP_VERIFY_PHASE) is detect, quarantine or gate");
  }
  chosen.golden |= chosen.update_golden;
  if (chosen.golden && chosen.key.empty() && resume_option->count() == 0)
    return usage(
        "--golden needs a --key: inputs of a secret key are never seen again, and neither are the "
        "reference's outputs");
  if (chosen.graph_replay && chosen.device != "cuda")
    return usage("--graph-replay is for --device cuda: a CPU has no graphs to replay");
  if (resume_option->count() > 0) {
    chosen.resume = resume;
    if (!chosen.targets.empty() || !chosen.candidates.empty())
      return usage(
          "--resume takes its targets and candidates from the interrupted run. Leave out -t "
          "and --candidate, or leave out --resume to begin anew");
    if (chosen.in_process)
      return usage("--in-process records nothing, so there is nothing to --resume. Leave one out");
  } else if (chosen.targets.empty()) {
    return usage(
        "nothing to judge: name targets with -t, for example -t ch01. `aisp bench "
        "list-targets` shows what there is");
  }
  return CommandLine(chosen);
}

}  // namespace aisp::cli
