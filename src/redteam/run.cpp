#include "redteam/run.h"

#include <algorithm>
#include <chrono>
#include <map>

#include <fmt/format.h>

#include "base/hash.h"
#include "judge/manifest.h"
#include "problem/loader.h"
#include "redteam/leftovers.h"
#include "redteam/outcome.h"
#include "report/verdict_text.h"
#include "stats/order.h"

namespace aisp::redteam {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kHonestAtOnce = 4;  // as many as `bench run` judges together
constexpr std::size_t kFewestForComparison = 5;
constexpr double kSlowedBaseline = 1.5;

double seconds_since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

// Of the contents of all files that decide the result.
std::string hash_of(const std::vector<fs::path>& files) {
  std::map<std::string, std::string> parts;
  for (const fs::path& file : files) {
    const auto hash = blake2b_hex_of_file(file);
    parts[file.string()] = hash.ok() ? *hash : hash.error().message();
  }
  return config_hash(parts);
}

bool interrupted(const Settings& settings) {
  return settings.interrupted != nullptr && settings.interrupted->load();
}

TargetResult failed(std::string why) {
  TargetResult result;
  result.error = std::move(why);
  return result;
}

// One match of the target's baseline and `others`.
TargetResult match(const Corpus& corpus, const Manifest& manifest,
                   const std::vector<Contestant>& others, const Settings& settings, Device& device,
                   int attempt) {
  const std::size_t colon = manifest.target.find(':');
  const fs::path folder =
      corpus.targets_dir / manifest.target.substr(0, colon) / manifest.target.substr(colon + 1);
  std::vector<Contestant> contestants = {
      {"baseline", Part::baseline,
       (manifest.device == "cuda" ? folder / "cuda" : folder) / "baseline.so"}};
  contestants.insert(contestants.end(), others.begin(), others.end());
  std::vector<fs::path> files = {settings.agent, settings.null_implementation,
                                 folder / "problem.so"};
  for (const Contestant& c : contestants) files.push_back(c.file);
  for (const fs::path& file : files)
    if (std::error_code failure; !fs::is_regular_file(file, failure))
      return failed(
          file.string() + " is not there" +
          (manifest.device == "cuda" ? ": it is built where the CUDA toolkit is (nvcc)" : ""));

  const auto problem = LoadedProblem::load(folder / "problem.so", manifest.device);
  if (!problem.ok()) return failed(problem.error().message());
  const auto key = random_key();
  if (!key.ok()) return failed(key.error().message());
  JudgeOptions options;
  options.key = *key;
  options.max_rounds = 40;  // what an attack must not pass, it must not pass in a short run either
  options.time_limit_s = settings.time_limit_s * (1 << (attempt - 1));
  // A GPU's driver and libraries take seconds and gigabytes of addresses to come up, hostile or not.
  const bool on_gpu = manifest.device == "cuda";
  options.call_timeout_s = on_gpu ? 5 : 2;
  options.buffer_budget_bytes = 32ull << 20;
  options.worker_memory_bytes = on_gpu ? 4ull << 30 : 1ull << 30;
  options.agent = settings.agent;
  options.null_implementation = settings.null_implementation;
  options.peaks = settings.peaks;
  options.config_hash = hash_of(files);
  options.config_hash_again = [files] { return hash_of(files); };
  options.interrupted = settings.interrupted;
  TargetResult result = judge_target(**problem, contestants, device, options, settings.progress);
  if (result.error.empty() && result.implementations.size() != contestants.size())
    result.error = "the judge returned another number of rows";
  return result;
}

Row row_of(Kind kind, const Manifest& manifest) {
  Row row;
  row.kind = kind;
  row.name = manifest.name;
  row.klass = manifest.klass;
  row.title = manifest.title;
  row.target = manifest.target;
  row.device = manifest.device;
  return row;
}

void fill(Row& row, const ImplementationResult& result) {
  row.sentence = result.sentence;
  row.findings = result.findings;
  for (Finding& f : row.findings)
    if (f.status == FindingStatus::pass) f.message.clear();
  if (accepted(result)) row.speedup = result.speedup;
  row.rounds = result.rounds;
  row.said = said(result, "ATTACK ");
}

Row row_of_attack(const Manifest& manifest, const TargetResult& result) {
  Row row = row_of(Kind::attack, manifest);
  row.expected = manifest.expected;
  row.ends = manifest.ends;
  row.mechanism = manifest.guard;
  row.checklist = manifest.rows;
  if (!result.error.empty()) {
    row.why = result.error;
    return row;
  }
  const ImplementationResult& attack = result.implementations[1];
  const ImplementationResult& twin = result.implementations[2];
  const ImplementationResult& control = result.implementations[3];
  fill(row, attack);
  row.control = control.speedup;
  row.gain = gain_over(attack, control);
  if (row.gain && accepted(twin)) row.gain = over_both(*row.gain, gain_over(attack, twin));
  Judged judged =
      judge_attack(manifest, attack, control, row.gain, accepted(twin) ? &twin : nullptr);
  row.outcome = judged.outcome;
  row.why = std::move(judged.why);
  return row;
}

Row row_of_honest(Kind kind, const Manifest& manifest, const TargetResult& result, std::size_t at) {
  Row row = row_of(kind, manifest);
  if (!result.error.empty()) {
    row.why = result.error;
    return row;
  }
  fill(row, result.implementations[at]);
  Judged judged = judge_honest(result.implementations[at]);
  row.outcome = judged.outcome;
  row.why = std::move(judged.why);
  return row;
}

void add_bystander(std::vector<Row>& rows, const Manifest& manifest, const TargetResult& result,
                   std::size_t at) {
  if (!result.error.empty()) return;
  Row row = row_of_honest(Kind::bystander, manifest, result, at);
  if (row.outcome != Outcome::accused) return;
  row.name = result.implementations[at].implementation + " beside " + manifest.name;
  rows.push_back(std::move(row));
}

bool settled(const std::vector<Row>& rows) {
  bool open = false;
  for (const Row& row : rows) {
    if (row.outcome == Outcome::missed || row.outcome == Outcome::accused) return true;
    open |= row.outcome == Outcome::not_run || row.outcome == Outcome::not_proven;
    // Rejected for nothing that failed: the machine may have helped.
    open |= row.outcome == Outcome::rejected &&
            std::none_of(row.findings.begin(), row.findings.end(), [](const Finding& f) {
              return f.required && f.status == FindingStatus::fail;
            });
  }
  return !open;
}

template <class Judge>
std::vector<Row> until_settled(const Settings& settings, const Judge& judge) {
  const auto begin = std::chrono::steady_clock::now();
  std::vector<Row> rows;
  int attempt = 0;
  do {
    rows = judge(++attempt);
  } while (attempt < settings.tries && !settled(rows) && !interrupted(settings));
  for (Row& row : rows) {
    row.tries = attempt;
    row.seconds = seconds_since(begin);
  }
  return rows;
}

}  // namespace

std::vector<Row> run_attack(const Corpus& corpus, const Entry& entry, const Settings& settings,
                            Device& device, std::string& isolation) {
  const Manifest& manifest = entry.manifest;
  const std::vector<Contestant> others = {{"attack", Part::candidate, entry.attack},
                                          {"honest", Part::candidate, entry.honest},
                                          {"control", Part::optimized, corpus.control(manifest)}};
  const Leftovers leftovers;
  return until_settled(settings, [&](int attempt) {
    const TargetResult result = match(corpus, manifest, others, settings, device, attempt);
    if (!result.isolation.empty()) isolation = result.isolation;
    std::vector<Row> rows = {row_of_attack(manifest, result),
                             row_of_honest(Kind::twin, manifest, result, 2)};
    add_bystander(rows, manifest, result, 0);
    add_bystander(rows, manifest, result, 3);
    if (const auto left = leftovers.look(); !left.empty()) {
      rows.front().outcome = Outcome::missed;
      rows.front().why = fmt::format("it left behind: {}", fmt::join(left, "; "));
    }
    return rows;
  });
}

std::vector<Row> rows_not_run(const Entry& entry, const std::string& why) {
  TargetResult nothing;
  nothing.error = why;
  if (entry.attack.empty()) return {row_of_honest(Kind::honest, entry.manifest, nothing, 0)};
  return {row_of_attack(entry.manifest, nothing),
          row_of_honest(Kind::twin, entry.manifest, nothing, 0)};
}

std::vector<std::vector<Entry>> honest_groups(const std::vector<Entry>& entries) {
  std::map<std::string, std::vector<std::vector<Entry>>> by_target;
  for (const Entry& entry : entries) {
    auto& groups = by_target[entry.manifest.target];
    if (groups.empty() || groups.back().size() >= kHonestAtOnce) groups.emplace_back();
    groups.back().push_back(entry);
  }
  std::vector<std::vector<Entry>> all;
  for (auto& [target, groups] : by_target)
    for (auto& group : groups) all.push_back(std::move(group));
  return all;
}

std::vector<Row> run_honest(const Corpus& corpus, std::span<const Entry> entries,
                            const Settings& settings, Device& device, std::string& isolation) {
  const Manifest& first = entries.front().manifest;
  std::vector<Contestant> others;
  for (const Entry& entry : entries)
    others.push_back({entry.manifest.name, Part::candidate, entry.honest});
  // Each one needs as many rounds as beside an attack, where three are judged in the time.
  Settings shared = settings;
  shared.time_limit_s *= std::max(1.0, static_cast<double>(others.size()) / 3);
  const Leftovers leftovers;
  return until_settled(shared, [&](int attempt) {
    const TargetResult result = match(corpus, first, others, shared, device, attempt);
    if (!result.isolation.empty()) isolation = result.isolation;
    std::vector<Row> rows;
    for (std::size_t i = 0; i < entries.size(); ++i)
      rows.push_back(row_of_honest(Kind::honest, entries[i].manifest, result, i + 1));
    add_bystander(rows, first, result, 0);
    if (const auto left = leftovers.look(); !left.empty())
      for (Row& row : rows) {
        row.outcome = Outcome::not_proven;
        row.why = fmt::format("one of this match left behind: {}", fmt::join(left, "; "));
      }
    return rows;
  });
}

std::vector<std::size_t> slowed_baselines(const std::vector<Row>& rows) {
  std::map<std::string, std::vector<double>> controls;
  for (const Row& row : rows)
    if (row.kind == Kind::attack && row.control)
      controls[row.target].push_back(row.control->estimate);
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Row& row = rows[i];
    if (row.kind != Kind::attack || !row.control) continue;
    const auto& all = controls[row.target];
    if (all.size() >= kFewestForComparison &&
        row.control->low > kSlowedBaseline * stats::median(all))
      found.push_back(i);
  }
  return found;
}

}  // namespace aisp::redteam
