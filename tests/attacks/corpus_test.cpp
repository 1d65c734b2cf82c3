// The corpus, through the production path: the baseline of the manifest's target, the attack, its
// honest twin and a control, which is honest and as fast as an attack could honestly be, are judged
// together, in sandboxed workers. attacks/README.md says what is expected.
//
// AISP_WRITE_TABLE=<file> makes a run of the whole program write what it saw as a Markdown table.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/utsname.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "judge/judge.h"
#include "leftovers.h"

namespace aisp {
namespace {

namespace fs = std::filesystem;

struct Manifest {
  std::string name, klass, target, ends, verdict;
};

Manifest read_manifest(const std::string& folder) {
  std::ifstream in(fs::path(AISP_SOURCE_DIR) / "attacks" / folder / "manifest.json");
  const auto json = nlohmann::json::parse(in);
  return {json.at("name"), json.at("class"), json.at("target"), json.at("ends"),
          json.at("verdict")};
}

std::vector<std::string> folders() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(fs::path(AISP_SOURCE_DIR) / "attacks"))
    if (fs::exists(entry.path() / "manifest.json")) names.push_back(entry.path().filename());
  std::sort(names.begin(), names.end());
  return names;
}

// Short, but with all guards: what an attack must not pass, it must not pass in a quick run either.
JudgeOptions quick_options() {
  JudgeOptions options;
  auto key = random_key();
  EXPECT_TRUE(key) << key.error().message();
  options.key = *key;
  options.min_rounds = 30;
  options.max_rounds = 40;
  options.time_limit_s = 1;
  options.call_timeout_s = 2;
  options.buffer_budget_bytes = 32ull << 20;
  options.worker_memory_bytes = 1ull << 30;
  options.agent = AISP_AGENT;
  options.null_implementation = fs::path(AISP_BINARY_DIR) / "bin" / "aisp-null.so";
  options.config_hash = "corpus";
  options.config_hash_again = [] { return std::string("corpus"); };
  return options;
}

// Honest code that is as fast as what the attacks on that target can do honestly.
fs::path control(const Manifest& manifest) {
  const fs::path plain = fs::path(AISP_ATTACKS_DIR) / "control_axpby" / "honest.so";
  if (manifest.target == "testbed:axpby") return plain;
  return fs::path(AISP_TARGETS_DIR) / "testbed" / manifest.target.substr(8) / "optimized.so";
}

TargetResult judge_pair(const Manifest& manifest) {
  const std::size_t colon = manifest.target.find(':');
  const fs::path target = fs::path(AISP_TARGETS_DIR) / manifest.target.substr(0, colon) /
                          manifest.target.substr(colon + 1);
  const fs::path corpus = fs::path(AISP_ATTACKS_DIR) / manifest.name;
  TargetResult result;
  auto problem = LoadedProblem::load(target / "problem.so");
  if (!problem) {
    result.error = problem.error().message();
    return result;
  }
  const std::vector<Contestant> contestants = {{"baseline", Part::baseline, target / "baseline.so"},
                                               {"attack", Part::candidate, corpus / "attack.so"},
                                               {"honest", Part::candidate, corpus / "honest.so"},
                                               {"control", Part::optimized, control(manifest)}};
  const auto device = make_cpu_device();
  return judge_target(**problem, contestants, *device, quick_options(), {});
}

bool accepted(const ImplementationResult& r) { return r.correct == true && r.honest == true; }
bool refuted(const ImplementationResult& r) { return r.correct == false || r.honest == false; }

// Every guard that failed, or kept the verdict from being proven; the one that decides comes first.
std::string guards_that_spoke(const ImplementationResult& r) {
  std::string names;
  for (const FindingStatus status : {FindingStatus::fail, FindingStatus::not_run})
    for (const Finding& f : r.findings) {
      if (f.status != status || (!f.required && status == FindingStatus::not_run)) continue;
      if (!names.empty()) names += ", ";
      names += f.guard;
      if (!f.required) names += " (noted)";
      if (status == FindingStatus::not_run) names += " (not proven)";
    }
  return names.empty() ? "-" : names;
}

std::string speed(const ImplementationResult& r) {
  return r.speedup ? fmt::format("{:.3g} [{:.3g} {:.3g}]", r.speedup->estimate, r.speedup->low,
                                 r.speedup->high)
                   : "-";
}

std::string one_line(std::string text) {
  for (char& c : text)
    if (c == '\n' || c == '|') c = ' ';
  return text;
}

std::string said(const ImplementationResult& r, const char* what) {
  const std::string& text = r.observation.last_output;
  const std::size_t at = text.find(what);
  return at == std::string::npos
             ? ""
             : text.substr(at, std::min<std::size_t>(200, text.find('\n', at) - at));
}

enum class Outcome { caught, not_proven, harmless, missed, not_run };

const char* to_string(Outcome outcome) {
  switch (outcome) {
    case Outcome::caught: return "caught";
    case Outcome::not_proven: return "not proven";
    case Outcome::harmless: return "harmless";
    case Outcome::missed: return "MISSED";
    case Outcome::not_run: return "NOT RUN";
  }
  return "?";
}

struct Row {
  Manifest manifest;
  Outcome outcome = Outcome::not_run;
  std::string guards, sentence, attack_speed, honest, honest_speed, control_speed;
  bool honest_accepted = false;
  int tries = 1;
  double seconds = 0;
};

// An accepted attack gains when it is faster than honest code that computes the same: beyond the
// intervals of its twin and of the control (a twin may be slow on purpose), and beyond the margin below which two times count as the same.
bool gains(const TargetResult& result) {
  const auto& [attack, honest, control] =
      std::tie(result.implementations[1], result.implementations[2], result.implementations[3]);
  if (!attack.speedup || !honest.speedup || !control.speedup) return false;
  return attack.speedup->low >
         std::max(honest.speedup->high, control.speedup->high) * (1 + JudgeOptions{}.margin);
}

Outcome outcome_of(const Manifest& manifest, const TargetResult& result) {
  const ImplementationResult& attack = result.implementations[1];
  if (!said(attack, "ATTACK SUCCEEDED").empty()) return Outcome::missed;
  if (refuted(attack)) return Outcome::caught;
  if (!accepted(attack)) return Outcome::not_proven;
  if (!said(attack, "ATTACK DECLINED").empty() && manifest.verdict == "rejected")
    return Outcome::not_run;
  if (manifest.verdict == "rejected" || gains(result)) return Outcome::missed;
  return Outcome::harmless;
}

class Table : public testing::Environment {
 public:
  static std::vector<Row>& rows() {
    static std::vector<Row> all;
    return all;
  }

  void TearDown() override {
    const char* path = std::getenv("AISP_WRITE_TABLE");
    if (path == nullptr || rows().empty()) return;
    std::ofstream out(path);
    write(out);
    out.flush();
    EXPECT_TRUE(out.good()) << "could not write " << path;
  }

 private:
  static std::string processor() {
    std::ifstream in("/proc/cpuinfo");
    for (std::string line; std::getline(in, line);)
      if (line.rfind("model name", 0) == 0) return line.substr(line.find(": ") + 2);
    return "unknown processor";
  }

  static void write(std::ostream& out) {
    const std::time_t now = std::time(nullptr);
    std::tm utc{};
    gmtime_r(&now, &utc);
    double load[3] = {-1, -1, -1};
    getloadavg(load, 3);
    utsname system{};
    uname(&system);
    double seconds = 0;
    int honest = 0, count[5] = {};
    for (const Row& r : rows()) {
      seconds += r.seconds;
      honest += r.honest_accepted;
      ++count[static_cast<int>(r.outcome)];
    }
    out << fmt::format(
        "# The corpus of attacks, one run\n\n"
        "{:04}-{:02}-{:02} {:02}:{:02} UTC; {}, {} processors, {} {}; isolation: {}; load average "
        "{:.1f}.\n"
        "Command: `AISP_WRITE_TABLE=docs/measurements/attacks-cpu.md build/bin/attacks_tests`. "
        "Written by that program; do not edit.\n\n"
        "{} attacks in {:.0f} s: {} caught, {} not proven, {} harmless (it tried, failed and "
        "computed "
        "honestly, or gained nothing), {} missed, {} not run. Honest twins accepted: {} of {}.\n\n"
        "Speedups are against the target's baseline: estimate [low high]. The control computes the "
        "same "
        "as the attacks, honestly.\n\n"
        "| class | attack | expected | outcome | guards that spoke | speedup of the attack | "
        "honest "
        "twin | speedup of the twin | of the control | the judge's sentence about the attack |\n"
        "|---|---|---|---|---|---|---|---|---|---|\n",
        1900 + utc.tm_year, 1 + utc.tm_mon, utc.tm_mday, utc.tm_hour, utc.tm_min, processor(),
        std::thread::hardware_concurrency(), system.sysname, system.release, isolation(), load[0],
        rows().size(), seconds, count[0], count[1], count[2], count[3], count[4], honest,
        rows().size());
    for (const Row& r : rows())
      out << fmt::format("| {} | {} | {} | {} | {} | {} | {}{} | {} | {} | {} |\n",
                         r.manifest.klass, r.manifest.name, r.manifest.verdict,
                         to_string(r.outcome), r.guards, r.attack_speed, r.honest,
                         r.tries > 1 ? fmt::format(" (try {})", r.tries) : "", r.honest_speed,
                         r.control_speed, r.sentence);
  }

 public:
  static std::string& isolation() {
    static std::string text;
    return text;
  }
};

const auto* const kTable = testing::AddGlobalTestEnvironment(new Table);

class Corpus : public testing::TestWithParam<std::string> {};

TEST_P(Corpus, AttackGainsNothingAndHonestTwinPasses) {
  const Manifest manifest = read_manifest(GetParam());
  ASSERT_EQ(manifest.name, GetParam());
  const Leftovers leftovers;
  Row row;
  row.manifest = manifest;
  const auto begin = std::chrono::steady_clock::now();
  TargetResult result;
  // Another try only where something is not proven: a neighbour on this machine can do that. A refuted twin is a false accusation, and stands.
  constexpr int kTries = 3;
  for (row.tries = 1; row.tries <= kTries; ++row.tries) {
    result = judge_pair(manifest);
    ASSERT_EQ(result.error, "");
    ASSERT_EQ(result.implementations.size(), 4u);
    const ImplementationResult& twin = result.implementations[2];
    const ImplementationResult& attack = result.implementations[1];
    const bool open = !accepted(twin) || (!accepted(attack) && !refuted(attack));
    if (row.tries == kTries || refuted(twin) || !open) break;
  }
  row.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();

  const ImplementationResult& baseline = result.implementations[0];
  const ImplementationResult& attack = result.implementations[1];
  const ImplementationResult& honest = result.implementations[2];
  const ImplementationResult& control = result.implementations[3];
  row.outcome = outcome_of(manifest, result);
  row.guards = guards_that_spoke(attack);
  row.sentence = one_line(attack.sentence);
  row.attack_speed = speed(attack);
  row.control_speed = speed(control);
  row.honest_accepted = accepted(honest);
  row.honest = accepted(honest)  ? "correct, honest"
               : refuted(honest) ? "ACCUSED: " + one_line(honest.sentence)
                                 : "NOT PROVEN: " + one_line(honest.sentence);
  row.honest_speed = speed(honest);
  Table::isolation() = result.isolation;
  std::printf(
      "%-28s %-4s %-8s %-10s by %s; %s; speedup %s | honest twin: %s, speedup %s | control %s | %d "
      "rounds, %d tries, %.1f s\n",
      manifest.name.c_str(), manifest.klass.c_str(), manifest.verdict.c_str(),
      to_string(row.outcome), row.guards.c_str(), row.sentence.c_str(), row.attack_speed.c_str(),
      row.honest.c_str(), row.honest_speed.c_str(), row.control_speed.c_str(), honest.rounds,
      row.tries, row.seconds);
  for (const char* word : {"ATTACK SUCCEEDED", "ATTACK DECLINED"})
    if (const std::string line = said(attack, word); !line.empty())
      std::printf("    it printed: %s\n", one_line(line).c_str());
  Table::rows().push_back(row);

  EXPECT_NE(row.outcome, Outcome::missed) << attack.sentence << "\n"
                                          << attack.observation.last_output;
  EXPECT_NE(row.outcome, Outcome::not_run) << attack.observation.last_output;
  if (manifest.verdict == "clean") {
    EXPECT_EQ(row.outcome, Outcome::harmless) << attack.sentence;
  }
  EXPECT_TRUE(accepted(honest)) << honest.sentence << "\n" << honest.observation.last_output;
  // What an attack does to the others is an attack, too.
  EXPECT_FALSE(refuted(baseline)) << baseline.sentence;
  EXPECT_FALSE(refuted(control)) << control.sentence;
  EXPECT_EQ(said(honest, "ATTACK"), "");
  EXPECT_THAT(leftovers.look(), testing::IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(All, Corpus, testing::ValuesIn(folders()),
                         [](const auto& test) { return test.param; });

TEST(CorpusIsComplete, EveryFolderHasAnAttackAndAnHonestTwin) {
  const auto names = folders();
  EXPECT_GE(names.size(), 96u);
  for (const std::string& name : names)
    for (const char* module : {"attack.so", "honest.so"})
      EXPECT_TRUE(fs::exists(fs::path(AISP_ATTACKS_DIR) / name / module)) << name << "/" << module;
}

}  // namespace
}  // namespace aisp
