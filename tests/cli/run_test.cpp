// Whole runs of small targets through the command line: results, records, exit codes.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "cli/program.h"
#include "ledger/ledger.h"

namespace aisp::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

using Arguments = std::vector<std::string>;

Arguments quick_run(const std::string& targets, const Arguments& more = {}) {
  Arguments all = {"bench", "run", "-t", targets, "--time-limit", "1"};
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

fs::path only_run(const fs::path& artifacts) {
  std::vector<fs::path> runs;
  for (const auto& entry : fs::directory_iterator(artifacts / "runs")) runs.push_back(entry.path());
  EXPECT_EQ(runs.size(), 1u);
  return runs.empty() ? fs::path() : runs.front();
}

TEST(Run, AGoodTargetIsExitCode0AndIsRecorded) {
  const Folder folder;
  const Said said = aisp(quick_run("testbed:axpby", {"--json"}), folder.path());
  ASSERT_EQ(said.code, 0) << said.err;
  EXPECT_EQ(schema_errors(said.out, "run.schema.json", folder.path()), "");
  const json results = json::parse(said.out);
  ASSERT_EQ(results["results"].size(), 2u);
  for (const json& row : results["results"]) {
    EXPECT_GT(row["calls_timed"], 0);
    EXPECT_GE(row["processes"], 1);
    EXPECT_LE(row["processes"], row["rounds"]);
    EXPECT_EQ(row["calls_timed"], row["calls_verified"]);
    EXPECT_EQ(row["content_hash"].get<std::string>().size(), 64u);
  }
  EXPECT_EQ(results["run"]["key"].get<std::string>().size(), 64u);

  const fs::path run = only_run(folder.path() / "artifacts");
  for (const char* file : {"manifest.json", "results.json", "report.md"})
    EXPECT_TRUE(fs::exists(run / file)) << file;
  EXPECT_EQ(schema_errors(text_of(run / "manifest.json"), "manifest.schema.json", folder.path()),
            "");
  auto ledger = Ledger::open(folder / "artifacts/ledger.db");
  ASSERT_TRUE(ledger.ok()) << ledger.error().message();
  EXPECT_TRUE(ledger->check().ok());
  const auto state = ledger->run_state(run.filename().string());
  ASSERT_TRUE(state.ok());
  EXPECT_EQ(*state, RunState::finished);
}

TEST(Run, StdoutHasTheResultOnlyAndStderrTheRest) {
  const Folder folder;
  const Said said = aisp(quick_run("testbed:rowsum"), folder.path());
  EXPECT_NE(said.out.find("testbed:rowsum"), std::string::npos);
  EXPECT_EQ(said.out.find("starting workers"), std::string::npos);
  EXPECT_NE(said.err.find("testbed:rowsum: starting workers"), std::string::npos);
  EXPECT_EQ(said.err.find('\r'), std::string::npos);
  EXPECT_NE(said.err.find("repeat with --key "), std::string::npos);
  EXPECT_EQ(aisp(quick_run("testbed:rowsum", {"--quiet"}), folder.path()).err, "");
}

// What a few bytes hold fits through a side channel between workers that see the same inputs (docs/threat-model.md).
TEST(Run, CandidatesWithShortAnswersGetAMatchEach) {
  namespace fs = std::filesystem;
  for (const auto& [target, matches] : {std::pair{"chain", 2}, {"axpby", 1}}) {
    const Folder folder;
    for (const char* name : {"a.so", "b.so"})
      fs::copy_file(fs::path(AISP_TARGETS_DIR) / "testbed" / target / "optimized.so",
                    folder.path() / name);
    const std::string full = std::string("testbed:") + target;
    const Said said = aisp({"bench", "verify", "-t", full, "--candidate", folder / "a.so",
                            "--candidate", folder / "b.so"},
                           folder.path());
    int started = 0;
    const std::string line = full + ": starting workers";
    for (std::size_t at = said.err.find(line); at != std::string::npos;
         at = said.err.find(line, at + 1))
      ++started;
    EXPECT_EQ(started, matches) << said.err;
  }
}

// Naps of 11 ms leave whoever is judged beside it windows of one call; it is judged again without the napper.
TEST(Run, WhoWasHeldUpIsJudgedAgainByItself) {
  const Folder folder;
  fs::copy_file(fs::path(AISP_TARGETS_DIR) / "testbed/axpby/optimized.so",
                folder.path() / "quick.so");
  std::ofstream(folder / "naps.cpp") << R"(#include <aisp/aisp.h>
#include <time.h>
static void run(const aisp::Launch& launch) {
  const timespec rest{0, 11'000'000};
  nanosleep(&rest, nullptr);
  const float a = static_cast<float>(launch.param("a")), b = static_cast<float>(launch.param("b"));
  const auto x = launch.input_span<float>(0), y = launch.input_span<float>(1);
  const auto out = launch.output_span<float>(0);
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = a * x[i] + b * y[i];
}
AISP_IMPLEMENTATION(run, "naps");)";
  const Said said = aisp(quick_run("testbed:axpby", {"--json", "--candidate", folder / "quick.so",
                                                     "--candidate", folder / "naps.cpp"}),
                         folder.path());
  ASSERT_EQ(said.code, 0) << said.err;
  EXPECT_NE(said.err.find("candidate:quick.so is judged again, by itself"), std::string::npos)
      << said.err;
  EXPECT_EQ(said.err.find("candidate:naps.cpp is judged again"), std::string::npos);
  const json results = json::parse(said.out);
  ASSERT_EQ(results["results"].size(), 3u) << said.out;
  for (const json& row : results["results"]) {
    if (row["implementation"] == "candidate:naps.cpp")
      EXPECT_EQ(row["calls_timed"], row["rounds"]);
    else
      EXPECT_GT(row["calls_timed"], 2 * row["rounds"].get<int>()) << row["implementation"];
  }
}

TEST(Run, VerifyComparesNothingAndRecordsNothing) {
  const Folder folder;
  const Said said = aisp({"bench", "verify", "-t", "testbed:histogram", "--json"}, folder.path());
  EXPECT_EQ(said.code, 0) << said.err;
  EXPECT_EQ(schema_errors(said.out, "run.schema.json", folder.path()), "");
  for (const json& row : json::parse(said.out)["results"]) EXPECT_TRUE(row["comparison"].is_null());
  EXPECT_FALSE(fs::exists(folder.path() / "artifacts"));
}

TEST(Run, InProcessIsNoVerdictAndRecordsNothing) {
  const Folder folder;
  const Said said = aisp(quick_run("testbed:axpby", {"--in-process"}), folder.path());
  EXPECT_EQ(said.out.rfind("IN PROCESS", 0), 0u) << said.out << said.err;
  EXPECT_FALSE(fs::exists(folder.path() / "artifacts"));
}

TEST(Run, StrictRefusesAVirtualMachine) {
  const Folder folder;
  const Said help =
      aisp(quick_run("testbed:axpby", {"--validity-profile", "strict"}), folder.path());
  if (text_of("/proc/cpuinfo").find(" hypervisor") == std::string::npos)
    GTEST_SKIP() << "this is no virtual machine";
  EXPECT_EQ(help.code, 2);
  EXPECT_NE(help.err.find("AISP_ALLOW_VIRTUALIZATION=1"), std::string::npos) << help.err;
}

TEST(Run, ARightAndAWrongCandidateFromTheTemplate) {
  const Folder folder;
  const Said given = aisp({"bench", "template", "-t", "testbed:axpby"}, folder.path());
  ASSERT_EQ(given.code, 0) << given.err;
  for (const char* word :
       {"launch.input<float>(0) is x", "fp32 [65536]", "contiguous", "activation",
        "uniform in [-1, 1)", "tolerance:", "launch.param(\"a\") is 1.7", "Goal: speed"})
    EXPECT_NE(given.out.find(word), std::string::npos) << word << "\n" << given.out;
  const fs::path candidates = folder.path() / "candidates";
  fs::create_directory(candidates);
  std::string wrong = given.out;
  const std::string right_line = "a * x[i] + b * y[i]";
  ASSERT_NE(wrong.find(right_line), std::string::npos);
  wrong.replace(wrong.find(right_line), right_line.size(), "a * x[i] - b * y[i]");
  std::ofstream(candidates / "right.cpp") << given.out;
  std::ofstream(candidates / "wrong.cpp") << wrong;
  std::ofstream(candidates / "broken.cpp") << "int this_is_no_cpp(\n";

  const Said said =
      aisp(quick_run("testbed:axpby", {"--json", "--candidate", "candidates"}), folder.path());
  EXPECT_EQ(said.code, 1) << said.err;
  EXPECT_EQ(schema_errors(said.out, "run.schema.json", folder.path()), "");
  std::map<std::string, json> rows;
  const json results = json::parse(said.out);
  for (const json& row : results["results"]) rows[row["implementation"]] = row;
  ASSERT_EQ(rows.size(), 4u);  // the target's own optimized version is left out
  EXPECT_EQ(rows["candidate:right.cpp"]["correct"], true);
  EXPECT_EQ(rows["candidate:wrong.cpp"]["correct"], false);
  const std::string broken = rows["candidate:broken.cpp"]["sentence"];
  EXPECT_NE(broken.find("did not compile"), std::string::npos) << broken;
  EXPECT_NE(broken.find("broken.cpp:1"), std::string::npos) << broken;
  bool flags_shown = false;
  for (const json& finding : rows["candidate:right.cpp"]["findings"])
    flags_shown |= finding["guard"] == "compile" &&
                   finding["message"].get<std::string>().find("-O3") != std::string::npos;
  EXPECT_TRUE(flags_shown);
}

// Who fills a folder may be somebody else than who runs us: what a link points at must not be read with our
// rights, and one such file must not keep the others from being judged.
TEST(Run, AFolderOfCandidatesMayHoldAnything) {
  const Folder folder;
  const fs::path candidates = folder.path() / "candidates";
  fs::create_directory(candidates);
  std::ofstream(folder.path() / "secret") << "nobody_may_see_this word";
  fs::create_symlink(folder.path() / "secret", candidates / "link.cpp");
  ASSERT_EQ(mkfifo((candidates / "pipe.so").c_str(), 0600), 0);
  std::ofstream(candidates / "large.so");
  fs::resize_file(candidates / "large.so", 1ull << 40);  // a hole
  fs::copy_file(fs::path(AISP_TARGETS_DIR) / "testbed/axpby/optimized.so", candidates / "right.so");

  const Said said =
      aisp(quick_run("testbed:axpby", {"--json", "--candidate", "candidates"}), folder.path());
  EXPECT_EQ(said.code, 1) << said.err;
  EXPECT_EQ(said.out.find("nobody_may_see_this"), std::string::npos);
  std::map<std::string, json> rows;
  const json results = json::parse(said.out);
  for (const json& row : results["results"]) rows[row["implementation"]] = row;
  EXPECT_EQ(rows["candidate:right.so"]["correct"], true);
  for (const auto& [name, why] : std::map<std::string, std::string>{
           {"link.cpp", "a link"}, {"pipe.so", "no plain file"}, {"large.so", "bytes"}}) {
    const json& row = rows["candidate:" + name];
    EXPECT_EQ(row["correct"], false) << name;
    EXPECT_NE(row["sentence"].get<std::string>().find(why), std::string::npos) << row["sentence"];
  }
}

TEST(Run, ATargetWithoutANaiveVersionGetsATemplateThatSaysSo) {
  const Folder folder;
  const fs::path target = folder.path() / "targets/ch77/bare";
  fs::create_directories(target);
  for (const char* file : {"problem.so", "baseline.so", "optimized.so"})
    fs::copy_file(fs::path(AISP_TARGETS_DIR) / "testbed/axpby" / file, target / file);
  const Said said =
      aisp({"bench", "template", "-t", "ch77:bare", "--targets-dir", "targets"}, folder.path());
  EXPECT_EQ(said.code, 0) << said.err;
  EXPECT_NE(said.out.find("WRONG ON PURPOSE"), std::string::npos);
}

TEST(Run, CtrlCPrintsWhatIsKnownAndResumeGoesOn) {
  const Folder folder;
  Program first({"bench", "run", "-t", "testbed:axpby,testbed:rowsum", "--rounds", "5000",
                 "--time-limit", "600"},
                folder.path());
  ASSERT_TRUE(first.wait_for_stderr("testbed:axpby: rounds"));
  kill(first.pid(), SIGINT);
  const Said stopped = first.finish();
  EXPECT_EQ(stopped.code, 130) << stopped.err;
  EXPECT_NE(stopped.out.find("testbed:axpby"), std::string::npos);
  EXPECT_NE(stopped.err.find("--resume"), std::string::npos);
  const fs::path run = only_run(folder.path() / "artifacts");
  auto ledger = Ledger::open(folder / "artifacts/ledger.db");
  ASSERT_TRUE(ledger.ok());
  EXPECT_EQ(*ledger->run_state(run.filename().string()), RunState::interrupted);
  EXPECT_EQ(ledger->remaining_targets(run.filename().string())->size(), 2u);
}

TEST(Run, AKilledRunGoesOnWithTheTargetsThatAreLeft) {
  const Folder folder;
  Program first(quick_run("testbed:axpby,testbed:rowsum"), folder.path());
  ASSERT_TRUE(first.wait_for_stderr("testbed:rowsum: rounds"));
  kill(first.pid(), SIGKILL);
  EXPECT_EQ(first.finish().code, 128 + SIGKILL);

  const Said resumed = aisp({"bench", "run", "--resume", "--json"}, folder.path());
  EXPECT_NE(resumed.err.find("1 of 2 targets are left"), std::string::npos) << resumed.err;
  EXPECT_EQ(resumed.err.find("testbed:axpby:"), std::string::npos);
  EXPECT_NE(resumed.err.find("testbed:rowsum:"), std::string::npos);
  const json results = json::parse(resumed.out);
  EXPECT_EQ(results["results"].size(), 4u);
  EXPECT_EQ(results["run"]["state"], "finished");
  only_run(folder.path() / "artifacts");
  const Said again = aisp({"bench", "run", "--resume"}, folder.path());
  EXPECT_EQ(again.code, 2);
  EXPECT_NE(again.err.find("interrupted"), std::string::npos) << again.err;
}

// A file system of its own under `at`, for as long as this lives.
class SmallDisk {
 public:
  SmallDisk(fs::path at, const char* options, unsigned long flags) : at_(std::move(at)) {
    fs::create_directory(at_);
    mounted_ = mount("tmpfs", at_.c_str(), "tmpfs", flags, options) == 0;
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;
  ~SmallDisk() {
    if (mounted_) umount2(at_.c_str(), MNT_DETACH);
  }
  bool mounted() const { return mounted_; }

 private:
  fs::path at_;
  bool mounted_ = false;
};

TEST(Run, AReadOnlyArtifactsFolderIsFoundBeforeAnythingIsMeasured) {
  const Folder folder;
  const SmallDisk disk(folder.path() / "disk", "size=1m", MS_RDONLY);
  if (!disk.mounted()) GTEST_SKIP() << "mounting needs root";
  const Said said = aisp(quick_run("testbed:axpby", {"--artifacts", "disk"}), folder.path());
  EXPECT_EQ(said.code, 2);
  EXPECT_NE(said.err.find("Read-only file system"), std::string::npos) << said.err;
  EXPECT_NE(said.err.find("--artifacts DIR"), std::string::npos) << said.err;
  EXPECT_EQ(said.err.find("starting workers"), std::string::npos);
}

TEST(Run, ADiskWithoutRoomIsFoundBeforeAnythingIsMeasured) {
  const Folder folder;
  const SmallDisk disk(folder.path() / "disk", "size=8m", 0);
  if (!disk.mounted()) GTEST_SKIP() << "mounting needs root";
  const Said said = aisp(quick_run("testbed:axpby", {"--artifacts", "disk"}), folder.path());
  EXPECT_EQ(said.code, 2);
  EXPECT_NE(said.err.find("64 MiB are needed"), std::string::npos) << said.err;
}

TEST(Run, ADiskThatFillsUpCostsTheRecordAndNotTheResults) {
  const Folder folder;
  const SmallDisk disk(folder.path() / "disk", "size=80m", 0);
  if (!disk.mounted()) GTEST_SKIP() << "mounting needs root";
  Program program(quick_run("testbed:axpby", {"--artifacts", "disk"}), folder.path());
  ASSERT_TRUE(program.wait_for_stderr("testbed:axpby: rounds"));
  {
    // Everything that is left, to the last byte.
    const int fd = open((folder / "disk/filler").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    const std::vector<char> piece(1 << 16);
    while (write(fd, piece.data(), piece.size()) > 0) {
    }
    while (write(fd, piece.data(), 1) > 0) {
    }
    close(fd);
  }
  const Said said = program.finish();
  EXPECT_EQ(said.code, 2) << said.err;
  EXPECT_NE(said.out.find("testbed:axpby"), std::string::npos);
  EXPECT_NE(said.err.find("not recorded"), std::string::npos) << said.err;
}

}  // namespace
}  // namespace aisp::test
