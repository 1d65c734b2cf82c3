#include "cli/run.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <optional>

#include "base/hash.h"
#include "cli/candidates.h"
#include "cli/config.h"
#include "cli/install.h"
#include "cli/interrupt.h"
#include "cli/phases.h"
#include "cli/progress.h"
#include "cli/record.h"
#include "cli/terminal.h"
#include "device/cpu/peaks.h"
#include "judge/declaration.h"
#include "judge/device_environment.h"
#include "judge/environment.h"
#include "judge/judge.h"
#include "judge/manifest.h"
#include "judge/verdict.h"
#include "problem/loader.h"
#include "problem/registry.h"
#include "report/json.h"
#include "report/table.h"
#include "report/verdict_text.h"

namespace aisp::cli {

namespace fs = std::filesystem;

namespace {

Contestant contestant(const fs::path& file, Part part) {
  return {file.stem().string(), part, file};
}

class BenchRun {
 public:
  BenchRun(RunOptions options, std::vector<std::string> argv)
      : options_(std::move(options)),
        argv_(std::move(argv)),
        interrupted_(watch_for_interrupts()),
        progress_(options_.quiet) {}

  ExitCode run() {
    if (Status ready = prepare(); !ready.ok()) return fail(ready.error());
    const std::size_t count = targets_.size();
    for (std::size_t i = 0; i < count && !interrupted_; ++i) {
      progress_.begin_target(i + 1, count);
      if (Status done = judge_one(targets_[i]); !done.ok()) return fail(done.error());
    }
    progress_.clear();
    return finish();
  }

 private:
  ExitCode fail(const Error& error) {
    progress_.clear();
    say(stderr, "aisp: {}\n", error.message());
    // A run that was begun does not stay "running": --resume may go on with it.
    if (record_ && begun_) {
      run_.finished_at = utc_text(std::chrono::system_clock::now());
      const Status marked = record_->end(run_, results_, RunState::interrupted);
      if (!marked.ok()) say(stderr, "aisp: {}\n", marked.error().message());
    }
    return ExitCode::usage;
  }

  bool recorded() const { return !options_.in_process && !options_.verify_only; }

  // ---- before the first target

  Status prepare() {
    if (recorded()) {
      auto record = Record::open(options_.artifacts);
      if (!record.ok()) return record.error();
      record_.emplace(std::move(*record));
    }
    if (options_.resume) {
      if (Status taken = take_up(); !taken.ok()) return taken;
    }
    auto phases =
        Phases::open(options_.in_process ? "" : options_.verify_phase, options_.artifacts);
    if (!phases.ok()) return phases.error();
    phases_ = std::move(*phases);
    const auto install = find_install(options_.targets_dir);
    if (!install.ok()) return install.error();
    install_ = *install;
    if (Status opened = open_device(); !opened.ok()) return opened;
    if (Status chosen = choose_targets(); !chosen.ok()) return chosen;
    if (Status drawn = draw_key(); !drawn.ok()) return drawn;
    if (Status looked = look_around(); !looked.ok()) return looked;
    if (Status given = prepare_candidates(); !given.ok()) return given;
    if (record_ && !options_.resume) {
      std::vector<std::string> names;
      for (const TargetFiles& target : targets_) names.push_back(target.target());
      if (Status begin = record_->begin(run_, names); !begin.ok()) return begin;
      begun_ = true;
    }
    return success();
  }

  Status take_up() {
    auto run = record_->resume(*options_.resume);
    if (!run.ok()) return run.error();
    begun_ = true;
    run_ = *run;
    auto remaining = record_->remaining(run_.id);
    if (!remaining.ok()) return remaining.error();
    auto known = record_->results(run_.id);
    if (!known.ok()) return known.error();
    results_ = std::move(*known);
    remaining_ = std::move(*remaining);
    options_ = options_of(run_.config, options_);
    run_.finished_at.clear();
    progress_.note(fmt::format("going on with {}: {} of {} targets are left", run_.id,
                               remaining_.size(), remaining_.size() + results_.size()));
    return success();
  }

  Status open_device() {
    if (options_.device == "cpu") {
      device_ = make_cpu_device();
      return success();
    }
    if (options_.in_process)
      return Error{"run in the judge's process", "--device cuda", "that is for CPU code",
                   "Leave out --in-process, or use --device cpu"};
    auto device = make_cuda_device(0);
    if (!device.ok()) {
      Error error = device.error();
      if (error.fix.find("--device cpu") == std::string::npos)
        error.fix += std::string(error.fix.empty() ? "" : ". ") + "Without a GPU: --device cpu";
      return error;
    }
    device_ = std::move(*device);
    install_.null_implementation = install_.null_cuda;
    return success();
  }

  Status choose_targets() {
    const auto found = find_targets(install_.targets);
    if (!found.ok()) return found.error();
    if (options_.resume && remaining_.empty()) return success();
    auto selected =
        select_targets(*found, options_.resume ? remaining_ : options_.targets, options_.device);
    if (!selected.ok()) return selected.error();
    targets_ = std::move(*selected);
    note_left_out(*found);
    if (!options_.candidates.empty() && targets_.size() != 1)
      return Error{"judge a candidate", fmt::format("{} targets", targets_.size()),
                   "a candidate is an implementation of one target",
                   "Name exactly one with -t, for example -t ch01:gemm"};
    return success();
  }

  // Targets that were named and have nothing for this device.
  void note_left_out(const std::vector<TargetFiles>& found) {
    const auto named =
        select_targets(found, options_.resume ? remaining_ : options_.targets, std::string());
    if (!named.ok()) return;
    std::string list;
    for (const TargetFiles& target : *named)
      if (target.on(options_.device) == nullptr)
        list += (list.empty() ? "" : ", ") + target.target();
    if (!list.empty())
      say(stderr, "aisp: not run, no implementation for {}: {}\n", options_.device, list);
  }

  Status draw_key() {
    if (!options_.key.empty()) {
      key_ = *Key::from_hex(options_.key);  // checked by the command line
      return success();
    }
    auto key = random_key();
    if (!key.ok()) return key.error();
    key_ = *key;
    return success();
  }

  Status look_around() {
    EnvironmentOptions environment;
    environment.strict = options_.validity_profile == "strict";
    environment.allow_virtualization = virtualization_allowed();
    const std::string earlier_key = run_.key_hex;
    run_.environment = probe_environment(environment);
    if (const DeviceWatch* watch = device_->watch())
      replace_findings(run_.environment, sharing_findings(watch->sharing(), environment.strict));
    else if (const std::string why = device_->unwatched(); !why.empty())
      replace_findings(run_.environment, unwatched_findings(why, environment.strict));
    if (options_.resume && !earlier_key.empty())
      run_.environment.push_back(
          {"resume", FindingStatus::pass, FindingKind::policy,
           "targets before the interruption were judged with the key " + earlier_key, false});
    if (!options_.key.empty())
      run_.environment.push_back(
          {"key", FindingStatus::fail, FindingKind::policy,
           "the key was given (--key): whoever knew it could compute all answers before the run; "
           "for "
           "candidates that are rewarded leave it out, so that a secret one is drawn",
           false});
    if (const std::string why = environment_refusal(run_.environment); !why.empty())
      return Error{"judge with --validity-profile strict", "", why,
                   "Use another machine, or --validity-profile portable"};
    run_.key_hex = key_.to_hex();
    run_.profile = options_.profile;
    run_.validity_profile = options_.validity_profile;
    run_.machine = machine_facts();
    run_.machine.merge(device_->facts());
    run_.software = software_facts({install_.executable.parent_path(), install_.include});
    if (options_.resume) {
      peaks_ = cpu_peaks(fs::path(options_.artifacts) / "machine_peaks.json");
      return success();
    }
    run_.argv = argv_;
    run_.started_at = utc_text(std::chrono::system_clock::now());
    for (const TargetFiles& target : targets_) run_.targets.push_back(target.target());
    run_.config = config_of(options_);
    run_.config_hash = config_hash(run_.config);
    if (record_) {
      peaks_ = cpu_peaks(fs::path(options_.artifacts) / "machine_peaks.json");
    } else {
      peaks_.peaks = measure_cpu_peaks();
      run_.id = options_.in_process ? "in-process" : "verify";
    }
    if (!peaks_.notice.empty()) progress_.note("aisp: " + peaks_.notice);
    return success();
  }

  Status prepare_candidates() {
    if (options_.candidates.empty() || targets_.empty()) return success();
    const auto found = candidate_files(options_.candidates, options_.device);
    if (!found.ok()) return found.error();
    for (const fs::path& file : found->left_out)
      progress_.note(fmt::format("aisp: {} is left out: --device {} cannot run it", file.string(),
                                 options_.device));
    auto folder = CandidateFolder::make();
    if (!folder.ok()) return folder.error();
    candidate_folder_ = std::move(*folder);
    const std::vector<fs::path>& files = found->files;
    const std::vector<std::string> names = candidate_names(files);
    const CandidateOptions how{options_.candidate_flags, options_.entry,   options_.launch,
                               device_->architecture(),  install_.include, install_.cubin_launcher};
    for (std::size_t i = 0; i < files.size() && !interrupted_; ++i) {
      if (is_compiled(files[i]))
        progress_.show({targets_.front().target(), "compiling " + names[i], 0, 0, 0, -1});
      const auto& named = options_.candidates;
      const bool from_folder =
          std::find(named.begin(), named.end(), files[i].string()) == named.end();
      auto candidate = candidate_folder_->prepare(files[i], names[i], how, from_folder);
      if (!candidate.ok()) return candidate.error();
      candidates_.push_back(std::move(*candidate));
    }
    return success();
  }

  // ---- one target

  // Everybody who takes part beside the baseline, in groups that are judged together.
  // Candidates whose answers are so short that a side channel could hand them on (they see the same inputs) get a match
  // each.
  std::vector<std::vector<Contestant>> groups_of(const TargetFiles& target,
                                                 const Problem& problem) const {
    constexpr std::int64_t kShortAnswerBytes = 256;
    std::int64_t answer_bytes = 0;
    for (const Output& output : problem.outputs)
      answer_bytes += static_cast<std::int64_t>(output.tensor->storage_bytes());
    const DeviceFiles& files = *target.on(options_.device);
    std::vector<Contestant> own;
    for (const fs::path& file : files.optimized) own.push_back(contestant(file, Part::optimized));
    for (const fs::path& file : files.ceilings) own.push_back(contestant(file, Part::ceiling));
    if (!files.reference_serial.empty())
      own.push_back(contestant(files.reference_serial, Part::reference_serial));
    std::vector<std::vector<Contestant>> groups;
    if (candidates_.empty() || options_.with_own) groups.push_back(own);
    std::vector<Contestant> chunk;
    for (const Candidate& candidate : candidates_) {
      if (candidate.library.empty()) continue;
      chunk.push_back({candidate.name, Part::candidate, candidate.library});
      const int at_once = answer_bytes <= kShortAnswerBytes ? 1
                          : options_.device == "cuda"       ? kDefaults.candidates_at_once_cuda
                                                            : kDefaults.candidates_at_once;
      if (static_cast<int>(chunk.size()) < at_once) continue;
      groups.push_back(std::move(chunk));
      chunk.clear();
    }
    if (!chunk.empty()) groups.push_back(std::move(chunk));
    return groups;
  }

  // What the device told from the start of the run on.
  void look_at_device() {
    if (const DeviceWatch* watch = device_->watch())
      replace_findings(run_.environment,
                       state_findings(watch->state(), options_.validity_profile == "strict"));
  }

  Status judge_one(const TargetFiles& target) {
    const auto problem = LoadedProblem::load(target.problem, options_.device);
    if (!problem.ok()) return problem.error();
    if ((**problem)->target.get() != target.target())
      return Error{"load a problem", target.problem.string(),
                   fmt::format("it calls itself {}, and its folder says {}",
                               (**problem)->target.get(), target.target()),
                   "Give both the same name"};
    TargetResult whole;
    whole.target = target.target();
    const auto groups = groups_of(target, ***problem);
    for (std::size_t g = 0; g < groups.size() && !interrupted_; ++g) {
      auto part = judge_group(**problem, target, groups[g], g);
      if (!part.ok()) return part.error();
      merge(whole, std::move(*part), g == 0);
    }
    if (Status again = judge_by_themselves(**problem, target, groups.size(), whole); !again.ok())
      return again;
    for (const Candidate& candidate : candidates_)
      if (candidate.library.empty()) whole.implementations.push_back(row_of_failure(candidate));
    if (run_.isolation.empty()) run_.isolation = whole.isolation;
    look_at_device();
    results_.push_back(std::move(whole));
    // A target that was cut short is shown, and stays to be done.
    if (!record_ || interrupted_ || recording_failed_) return success();
    if (Status done = record_->add(run_, results_.back(), results_); !done.ok()) {
      recording_failed_ = done.error();
      progress_.note("aisp: " + done.error().message());
    }
    return success();
  }

  // Whose match said what it did because of others in it gets one of its own, and only that one counts: where there is none, there is
  // no comparison.
  Status judge_by_themselves(const LoadedProblem& problem, const TargetFiles& target,
                             std::size_t group, TargetResult& whole) {
    for (std::size_t i = 0; i < whole.implementations.size(); ++i) {
      ImplementationResult& row = whole.implementations[i];
      if (row.part != Part::candidate || !row.wants_own_match || refused(row)) continue;
      const auto candidate =
          std::find_if(candidates_.begin(), candidates_.end(),
                       [&](const Candidate& c) { return c.name == row.implementation; });
      const bool possible = candidate != candidates_.end() && whole.error.empty() &&
                            !interrupted_ && !refused(whole.implementations.front());
      if (!possible) {
        without_comparison(row);
        continue;
      }
      progress_.note(
          fmt::format("aisp: {} is judged again, by itself: its match was not about it alone",
                      row.implementation));
      // By the candidate, so that --key repeats its inputs whoever else is judged again.
      const auto number = static_cast<std::size_t>(candidate - candidates_.begin());
      auto part =
          judge_group(problem, target, {{candidate->name, Part::candidate, candidate->library}},
                      group + number);
      if (!part.ok()) return part.error();
      whole.elapsed_s += part->elapsed_s;
      whole.phases.insert(whole.phases.end(), part->phases.begin(), part->phases.end());
      whole.device_readings.insert(whole.device_readings.end(), part->device_readings.begin(),
                                   part->device_readings.end());
      if (interrupted_ || !part->error.empty() || part->implementations.size() < 2) {
        without_comparison(row);
        continue;
      }
      row = std::move(part->implementations[1]);
      take_fuller(whole.implementations.front(), part->implementations.front());
    }
    return success();
  }

  static void without_comparison(ImplementationResult& row) {
    row.speedup.reset();
    if (!row.comparison) return;
    row.comparison = stats::Comparison::not_enough_evidence;
    row.undecided = "others in its match held it up, and it could not be judged again by itself";
    decide(row, "");
  }

  // Of two rows of the baseline the one of which more was timed: in a match with somebody slow there is little. One that is
  // not proven stays.
  static void take_fuller(ImplementationResult& row, ImplementationResult& other) {
    if (accepted(row) && accepted(other) && other.calls_timed > row.calls_timed)
      row = std::move(other);
  }

  static void merge(TargetResult& whole, TargetResult part, bool first) {
    if (first) {
      whole = std::move(part);
      return;
    }
    whole.elapsed_s += part.elapsed_s;
    whole.phases.insert(whole.phases.end(), part.phases.begin(), part.phases.end());
    if (whole.error.empty()) whole.error = part.error;
    whole.device_readings.insert(whole.device_readings.end(), part.device_readings.begin(),
                                 part.device_readings.end());
    for (ImplementationResult& row : part.implementations) {
      if (row.part != Part::baseline)
        whole.implementations.push_back(std::move(row));
      else if (!whole.implementations.empty())
        take_fuller(whole.implementations.front(), row);
    }
  }

  Result<TargetResult> judge_group(const LoadedProblem& problem, const TargetFiles& target,
                                   const std::vector<Contestant>& others, std::size_t group) {
    std::vector<Contestant> contestants = {
        contestant(target.on(options_.device)->baseline, Part::baseline)};
    contestants.insert(contestants.end(), others.begin(), others.end());
    std::vector<fs::path> files = {install_.agent, install_.null_implementation, target.problem};
    for (const Contestant& c : contestants) files.push_back(c.file);

    JudgeOptions judge;
    judge.key = key_for(target.target(), group);
    judge.interval = options_.interval_percent / 100;
    if (options_.rounds > 0) judge.min_rounds = judge.max_rounds = options_.rounds;
    judge.time_limit_s =
        options_.rounds > 0 ? std::max(options_.time_limit_s, 3600.0) : options_.time_limit_s;
    if (options_.calls_per_window > 0) judge.max_calls_per_window = options_.calls_per_window;
    judge.cold = options_.flush;
    judge.replay_graph = options_.graph_replay;
    judge.verify_only = options_.verify_only;
    judge.in_process = options_.in_process;
    judge.strict = options_.validity_profile == "strict";
    judge.agent = install_.agent;
    judge.null_implementation = install_.null_implementation;
    judge.peaks = {peaks_.peaks.flops_per_second, peaks_.peaks.bytes_per_second,
                   peaks_.peaks.source};
    if (const Device::Peaks peaks = device_->peaks(); peaks.bytes_per_second > 0)
      judge.peaks = {peaks.flops_per_second, peaks.bytes_per_second, peaks.source};
    const auto hash = hash_of_all(files);
    if (!hash.ok()) return hash.error();
    judge.config_hash = *hash;
    judge.config_hash_again = [this, files] {
      const auto again = hash_of_all(files);
      return again.ok() ? *again : again.error().message();
    };
    judge.interrupted = &interrupted_;

    std::optional<GoldenStore> golden;
    if (options_.golden) {
      auto opened = open_golden(target, *problem, judge.key);
      if (!opened.ok()) return opened.error();
      golden.emplace(std::move(*opened));
      judge.golden = &*golden;
    }

    std::map<std::string, std::string> hashes;
    for (const Contestant& c : contestants) {
      const auto content = blake2b_hex_of_file(c.file);
      if (!content.ok()) return content.error();
      hashes[c.name] = *content;
    }
    std::vector<ImplementationResult> kept_out;
    if (!options_.verify_only) {
      auto rows = phases_.keep_out(target.target(), contestants, hashes);
      if (!rows.ok()) return rows.error();
      kept_out = std::move(*rows);
    }
    TargetResult result = judge_target(problem, contestants, *device_, judge,
                                       [this](const Progress& now) { progress_.show(now); });
    if (golden) report_golden(target, golden->counts());
    for (ImplementationResult& row : result.implementations) {
      row.content_hash = hashes[row.implementation];
      for (const Candidate& candidate : candidates_) {
        if (candidate.name != row.implementation) continue;
        row.file = candidate.given.string();
        check_declaration(*problem, candidate, row);
        if (!candidate.how.empty())
          row.findings.push_back(
              {"compile", FindingStatus::pass, FindingKind::robustness, candidate.how, false});
      }
    }
    if (Status settled = phases_.settle(run_.id, options_.verify_only, result); !settled.ok())
      return settled.error();
    std::move(kept_out.begin(), kept_out.end(), std::back_inserter(result.implementations));
    return result;
  }

  // my.cpp may come with my.declaration.json.
  static void check_declaration(const Problem& problem, const Candidate& candidate,
                                ImplementationResult& row) {
    fs::path file = candidate.given;
    file.replace_extension(".declaration.json");
    std::ifstream in(file);
    if (!in) return;
    const std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    const auto differences = declaration_differences(problem, text);
    if (differences.empty()) {
      row.findings.push_back({"declaration", FindingStatus::pass, FindingKind::correctness,
                              file.filename().string() + " says what was allocated and passed",
                              true});
      return;
    }
    row.findings.push_back({"declaration", FindingStatus::fail, FindingKind::correctness,
                            fmt::format("{} is not what was allocated and passed: {}",
                                        file.filename().string(), fmt::join(differences, "; ")),
                            true});
    decide(row, "");
  }

  fs::path golden_folder() const { return fs::path(options_.artifacts) / "golden"; }

  Result<GoldenStore> open_golden(const TargetFiles& target, const Problem& problem,
                                  const Key& key) const {
    const auto reference = blake2b_hex_of_file(target.problem);
    if (!reference.ok()) return reference.error();
    return GoldenStore::open(golden_folder(), problem,
                             golden_identity(problem, options_.device, key, *reference),
                             options_.update_golden);
  }

  void report_golden(const TargetFiles& target, const GoldenStore::Counts& counts) {
    std::string text = fmt::format("golden outputs of {}: {} taken", target.target(), counts.taken);
    text += fmt::format(" ({} checked), {} made", counts.checked, counts.made);
    if (options_.update_golden)
      text += fmt::format(", {} of them differ from before", counts.replaced);
    const auto collected = collect_golden(
        golden_folder(), static_cast<std::uint64_t>(options_.golden_limit_mib * (1 << 20)));
    if (!collected.ok())
      text += "; " + collected.error().message();
    else if (collected->removed > 0)
      text += fmt::format(", {} old ones removed (--golden-limit)", collected->removed);
    progress_.note(text);
  }

  // Targets and groups do not share streams: what is seen in one says nothing about another.
  Key key_for(const std::string& target, std::size_t group) const {
    return {blake2b_keyed(key_.bytes, fmt::format("{}#{}", target, group))};
  }

  // Options and the contents of all files that decide the result.
  Result<std::string> hash_of_all(const std::vector<fs::path>& files) const {
    std::map<std::string, std::string> parts = run_.config;
    for (const fs::path& file : files) {
      const auto hash = blake2b_hex_of_file(file);
      if (!hash.ok()) return hash.error();
      parts["file " + file.string()] = *hash;
    }
    return config_hash(parts);
  }

  // ---- after the last target

  ExitCode finish() {
    const bool stopped = interrupted_;
    const RunState state = stopped ? RunState::interrupted : RunState::finished;
    run_.finished_at = utc_text(std::chrono::system_clock::now());
    std::optional<Error> failed = recording_failed_;
    if (record_ && !failed) {
      if (Status ended = record_->end(run_, results_, state); !ended.ok()) failed = ended.error();
    }
    print_results(state);
    const bool unread = std::fflush(stdout) != 0 || std::ferror(stdout) != 0;
    if (unread) say(stderr, "aisp: the results could not be written to standard output\n");
    if (failed) say(stderr, "aisp: not recorded: {}\n", failed->message());
    if (stopped) {
      if (record_ && !failed)
        say(stderr, "interrupted; go on with: aisp bench run --resume {}\n", run_.id);
      return ExitCode::interrupted;
    }
    if (failed || unread) return ExitCode::usage;
    return phases_.exit_code(exit_code_of(results_));
  }

  void print_results(RunState state) {
    if (options_.format == Format::json) {
      say(stdout, "{}\n", dump(results_json(run_, results_, state), 2));
      return;
    }
    if (options_.in_process)
      say(stdout,
          "IN PROCESS: no sandbox, one address space. These numbers are no verdicts and are "
          "recorded nowhere.\n\n");
    if (options_.format == Format::markdown) {
      say(stdout, "{}", results_markdown(results_));
    } else {
      TableOptions table;
      table.width = columns_of(STDOUT_FILENO);
      table.color = isatty(STDOUT_FILENO) == 1 && std::getenv("NO_COLOR") == nullptr;
      say(stdout, "{}", results_table(results_, table));
    }
    std::fflush(stdout);  // in order with what follows where both go to one place
    for (const TargetResult& result : results_)
      if (!result.error.empty()) say(stderr, "aisp: {}: {}\n", result.target, result.error);
    if (options_.quiet) return;
    progress_.note(fmt::format("repeat with --key {}", run_.key_hex));
    if (record_)
      progress_.note(fmt::format("report: {}", (record_->folder() / "report.md").string()));
  }

  RunOptions options_;
  std::vector<std::string> argv_;
  const std::atomic<bool>& interrupted_;
  ProgressLine progress_;
  Install install_;
  std::optional<Record> record_;
  Phases phases_;
  bool begun_ = false;
  std::optional<Error> recording_failed_;
  RunInfo run_;
  Key key_;
  CachedPeaks peaks_;
  std::unique_ptr<Device> device_;
  std::vector<std::string> remaining_;  // of a resumed run
  std::vector<TargetFiles> targets_;
  std::unique_ptr<CandidateFolder> candidate_folder_;
  std::vector<Candidate> candidates_;
  std::vector<TargetResult> results_;
};

}  // namespace

ExitCode run_bench(const RunOptions& options, const std::vector<std::string>& argv) {
  return BenchRun(options, argv).run();
}

}  // namespace aisp::cli
