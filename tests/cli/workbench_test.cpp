// What people use around a run: new, migrate, doctor, cleanup, triage, peak, expectations, reset-gpu.sh.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "cli/program.h"
#include "ledger/ledger.h"
#include "ledger/sample_run.h"

namespace aisp::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

int shell(const std::string& command) { return std::system(command.c_str()); }

TEST(New, TheTargetBuildsAndIsRight) {
  const Folder folder;
  fs::create_directory(folder / "chapters");
  const Said made = aisp({"new", "ch77:probe"}, folder.path());
  ASSERT_EQ(made.code, 0) << made.err;
  const fs::path sources = folder.path() / "chapters/ch77/probe";
  for (const char* file : {"problem.cpp", "baseline.cpp", "optimized.cpp", "naive.inc"})
    EXPECT_NE(made.out.find(file), std::string::npos);
  // As CMake compiles targets, without its help.
  const fs::path built = folder.path() / "targets/ch77/probe";
  fs::create_directories(built);
  for (const char* part : {"problem", "baseline", "optimized"}) {
    const std::string command =
        "g++ -std=c++20 -O2 -Wall -Wextra -Werror -fPIC -shared -fopenmp "
        "-fvisibility=hidden -I'" AISP_SOURCE_DIR "/include' '" +
        (sources / part).string() + ".cpp' -o '" + (built / part).string() + ".so' 2> '" +
        (folder / "errors") + "'";
    ASSERT_EQ(shell(command), 0) << text_of(folder / "errors");
  }
  fs::copy_file(sources / "naive.inc", built / "naive.inc");
  const Said verified = aisp(
      {"bench", "verify", "-t", "ch77:probe", "--targets-dir", "targets", "--json"}, folder.path());
  EXPECT_EQ(verified.code, 0) << verified.out << verified.err;
  for (const json& row : json::parse(verified.out)["results"]) EXPECT_EQ(row["correct"], true);
  const Said again = aisp({"new", "ch77:probe"}, folder.path());
  EXPECT_EQ(again.code, 2);
  EXPECT_NE(again.err.find("nothing was changed"), std::string::npos);
}

TEST(New, NamesThatAreNoneAreRefused) {
  const Folder folder;
  fs::create_directory(folder / "chapters");
  for (const char* name : {"", "ch06", "ch06:", ":add", "../x:y", "ch06:../../x", "ch06:a b",
                           "ch06:\"", "CH06:add", "/etc:x"})
    EXPECT_EQ(aisp({"new", name}, folder.path()).code, 2) << name;
  EXPECT_TRUE(fs::is_empty(folder / "chapters"));
  EXPECT_EQ(aisp({"new", "ch06:x", "--chapters", "absent"}, folder.path()).code, 2);
}

TEST(Migrate, AProgramBecomesASkeletonAndAList) {
  const Folder folder;
  fs::create_directory(folder / "chapters");
  std::ofstream(folder / "program.cpp") << R"(#include <chrono>
#include <cstdlib>
#include <vector>
// int main( { a comment
static void add(const float* a, float* b, int n) { for (int i = 0; i < n; ++i) b[i] += a[i]; }
int main(int argc, char** argv) {
  std::vector<float> a(1024), b(1024);
  for (auto& x : a) x = rand() / 1e9f;
  const auto t0 = std::chrono::steady_clock::now();
  add(a.data(), b.data(), 1024);
  if (argc > 1) { return '}'; }
}
)";
  const Said said = aisp({"migrate", "program.cpp", "ch77:moved"}, folder.path());
  ASSERT_EQ(said.code, 0) << said.err;
  for (const char* word :
       {"left to do by hand", "line 9: std::chrono", "line 8: rand", "main (line 6)"})
    EXPECT_NE(said.out.find(word), std::string::npos) << word << said.out;
  const fs::path moved = folder.path() / "chapters/ch77/moved";
  EXPECT_NE(text_of(moved / "problem.cpp").find("float a of 1024"), std::string::npos);
  // It compiles as it is: what is to be done is marked, not broken.
  for (const char* part : {"problem", "baseline", "optimized"})
    EXPECT_EQ(shell("g++ -std=c++20 -fsyntax-only -I'" AISP_SOURCE_DIR "/include' '" +
                    (moved / part).string() + ".cpp'"),
              0);
  for (const char* bad : {"int f();", "int main() { {", ""}) {
    std::ofstream(folder / "bad.cpp") << bad;
    EXPECT_EQ(aisp({"migrate", "bad.cpp", "ch77:bad"}, folder.path()).code, 2) << bad;
  }
  EXPECT_EQ(aisp({"migrate", "absent.cpp", "ch77:bad"}, folder.path()).code, 2);
  EXPECT_FALSE(fs::exists(folder.path() / "chapters/ch77/bad"));
}

TEST(Doctor, SaysWhatIsThereAndHowToGetTheRest) {
  const Folder folder;
  const Said said = aisp({"doctor"}, folder.path());
  EXPECT_EQ(said.code, 0) << said.out << said.err;
  for (const char* word : {"sandbox", "pid namespace", "governor", "driver, NVML", "CPU:", "CUDA:"})
    EXPECT_NE(said.out.find(word), std::string::npos) << word;
  const Said as_json = aisp({"doctor", "--json"}, folder.path());
  EXPECT_EQ(schema_errors(as_json.out, "doctor.schema.json", folder.path()), "");
  for (const json& check : json::parse(as_json.out)["checks"])
    if (check["state"] == "good") {
      EXPECT_EQ(check["fix"], "") << check;
    }
  EXPECT_FALSE(fs::exists(folder / "artifacts"));
}

void record(const Folder& folder, int runs) {
  auto ledger = Ledger::open(folder / "artifacts/ledger.db");
  ASSERT_TRUE(ledger.ok());
  for (int i = 0; i < runs; ++i) {
    RunInfo run = testing::sample_run("2026010" + std::to_string(i) + "T000000Z__x");
    run.machine["cpu model"] = "An Abacus";
    TargetResult target = testing::sample_target("ch01:gemm", 20);
    target.signature = std::string(64, 'f');
    ASSERT_TRUE(ledger->begin_run(run).ok());
    ASSERT_TRUE(ledger->record_target(run.id, target).ok());
    if (i != 1) {
      ASSERT_TRUE(ledger->finish_run(run).ok());
    }
    fs::create_directories(folder / ("artifacts/runs/" + run.id));
    std::ofstream(folder / ("artifacts/runs/" + run.id + "/report.md")) << "report";
  }
}

TEST(Cleanup, ShowsFirstAndKeepsTheLedgerTheNewestAndTheUnfinished) {
  const Folder folder;
  record(folder, 5);
  const fs::path runs = folder.path() / "artifacts/runs";
  const auto count = [&] { return std::distance(fs::directory_iterator(runs), {}); };
  fs::create_directory(folder / "elsewhere");
  std::ofstream(folder / "elsewhere/precious") << "x";
  fs::create_directory_symlink(folder.path() / "elsewhere", runs / "00000000T_link");
  const Said dry = aisp({"cleanup", "--dry-run", "--keep", "2"}, folder.path());
  EXPECT_EQ(dry.code, 0) << dry.err;
  EXPECT_NE(dry.out.find("2 to delete"), std::string::npos) << dry.out;
  EXPECT_EQ(count(), 6);
  // Not a terminal: nobody was asked.
  EXPECT_EQ(aisp({"cleanup", "--keep", "2"}, folder.path()).code, 2);
  EXPECT_EQ(count(), 6);
  const Said done = aisp({"cleanup", "--keep", "2", "--yes", "--json"}, folder.path());
  EXPECT_EQ(done.code, 0) << done.err;
  EXPECT_EQ(schema_errors(done.out, "cleanup.schema.json", folder.path()), "");
  EXPECT_EQ(json::parse(done.out)["deleted"], 2);
  EXPECT_EQ(count(), 4);  // two newest, the interrupted one, the link
  EXPECT_TRUE(fs::exists(runs / "20260101T000000Z__x"));
  EXPECT_TRUE(fs::exists(folder / "elsewhere/precious"));
  EXPECT_TRUE(Ledger::open(folder / "artifacts/ledger.db")->check().ok());
  EXPECT_EQ(aisp({"cleanup", "--artifacts", "absent"}, folder.path()).code, 2);
}

TEST(Triage, OneArchiveHasEverything) {
  const Folder folder;
  record(folder, 1);
  const Said said = aisp({"bench", "triage", "-o", "bundle.tar"}, folder.path());
  ASSERT_EQ(said.code, 0) << said.err;
  EXPECT_EQ(shell("cd '" + folder.path().string() + "' && tar xf bundle.tar"), 0);
  const fs::path root = folder.path() / "triage-20260100T000000Z";
  for (const char* file : {"README.txt", "manifest.json", "results.json", "report.md",
                           "doctor.json", "windows/001-ch01-gemm-baseline.csv"})
    EXPECT_TRUE(fs::exists(root / file)) << file;
  EXPECT_EQ(schema_errors(text_of(root / "results.json"), "run.schema.json", folder.path()), "");
  EXPECT_EQ(schema_errors(text_of(root / "doctor.json"), "doctor.schema.json", folder.path()), "");
  EXPECT_EQ(aisp({"bench", "triage", "nonsense"}, folder.path()).code, 2);
}

TEST(Expectations, UpdateIsExplicitAndCheckComparesWithIt) {
  const Folder folder;
  record(folder, 1);
  fs::create_directories(folder / "chapters/ch01");
  const auto expectations = [&](std::vector<std::string> words) {
    words.insert(words.begin(), {"bench", "expectations"});
    return aisp(words, folder.path());
  };
  EXPECT_EQ(expectations({"check"}).code, 3);  // nothing is expected yet
  EXPECT_TRUE(fs::is_empty(folder / "chapters/ch01"));
  EXPECT_EQ(expectations({"update"}).code, 0);
  const fs::path file = folder / "chapters/ch01/expectations_cpu_an_abacus.json";
  ASSERT_TRUE(fs::exists(file));
  EXPECT_EQ(schema_errors(text_of(file), "expectations.schema.json", folder.path()), "");
  EXPECT_EQ(expectations({"check"}).code, 0);
  const Said as_json = expectations({"check", "--json"});
  EXPECT_EQ(schema_errors(as_json.out, "expectations_check.schema.json", folder.path()), "");
  EXPECT_NE(expectations({"show"}).out.find("gemm optimized_avx512"), std::string::npos);
  std::string damaged = text_of(file);
  damaged.replace(damaged.find("2.051"), 5, "1.051");
  std::ofstream(file) << damaged;
  for (const char* command : {"check", "update", "show"}) {
    const Said refused = expectations({command});
    EXPECT_EQ(refused.code, 2) << command;
    EXPECT_NE(refused.err.find("abacus.json:5"), std::string::npos) << refused.err;
  }
  EXPECT_EQ(text_of(file), damaged);
}

TEST(Peak, IsMeasuredCheckedAndKept) {
  const Folder folder;
  const Said said = aisp({"bench", "peak", "--tries", "1", "--json", "-q"}, folder.path());
  EXPECT_EQ(said.code, 0) << said.err;
  EXPECT_EQ(schema_errors(said.out, "peak.schema.json", folder.path()), "");
  const json kept = json::parse(text_of(folder / "artifacts/machine_peaks.json"));
  EXPECT_GE(kept["measurements"], 5);
  EXPECT_TRUE(kept["details"]["stream"].is_array());
}

// What is measured where there is a GPU is for tools/gpu_all.sh; here it has to say what is missing, or to be right.
TEST(Peak, OfAGpuIsMeasuredOrSaysWhatIsMissing) {
  const Folder folder;
  const Said said =
      aisp({"bench", "peak", "--device", "cuda", "--tries", "1", "--json", "-q"}, folder.path());
  if (said.code == 0) {
    EXPECT_EQ(schema_errors(said.out, "peak.schema.json", folder.path()), "");
    return;
  }
  EXPECT_EQ(said.code, 2) << said.err;
  EXPECT_EQ(said.out, "");
  EXPECT_TRUE(said.err.find("libcuda") != std::string::npos ||
              said.err.find("CUDA") != std::string::npos)
      << said.err;
  EXPECT_FALSE(std::filesystem::exists(folder / "artifacts"));
}

TEST(Peak, WhatAGpuReportsFitsTheSchema) {
  const Folder folder;
  const json report = {{"schema_version", 1},
                       {"measured_at", "2026-11-26T15:00:00Z"},
                       {"device", "cuda"},
                       {"gpu", "NVIDIA H200"},
                       {"uuid", "GPU-1"},
                       {"published", nullptr},
                       {"arithmetic",
                        {{{"name", "fp64"},
                          {"how", "chains"},
                          {"operations_per_second", 3e13},
                          {"share_of_published", 0.9}}}},
                       {"memory",
                        {{{"name", "memory copy"},
                          {"how", "1 GiB"},
                          {"bytes_per_second", 4e12},
                          {"share_of_published", nullptr}}}},
                       {"links", json::array()},
                       {"wrong", json::array()},
                       {"missing", {"NVLink"}}};
  EXPECT_EQ(schema_errors(report.dump(), "peak.schema.json", folder.path()), "");
  json odd = report;
  odd["memory"][0]["bytes_per_second"] = -1;
  EXPECT_NE(schema_errors(odd.dump(), "peak.schema.json", folder.path()), "");
}

class ResetGpu : public ::testing::Test {
 protected:
  // A nvidia-smi that answers, and writes down what it was asked to change.
  Said run(const std::string& apps, const std::string& utilization, const std::string& arguments) {
    std::ofstream(folder_ / "nvidia-smi")
        << "#!/bin/sh\ncase \"$*\" in\n*query-gpu=name*) echo 'NVIDIA H200, GPU-1';;\n"
        << "*query-compute-apps*) printf '" << apps << "';;\n*utilization*) echo '" << utilization
        << "';;\n*) echo \"$*\" >> '" << (folder_ / "changed") << "';;\nesac\n";
    shell("chmod +x '" + (folder_ / "nvidia-smi") + "'");
    const int status =
        shell("PATH='" + folder_.path().string() +
              "':/usr/bin:/bin bash '" AISP_SOURCE_DIR "/reset-gpu.sh' " + arguments + " > '" +
              (folder_ / "out") + "' 2> '" + (folder_ / "err") + "' < /dev/null");
    return {WEXITSTATUS(status), text_of(folder_ / "out"), text_of(folder_ / "err")};
  }
  bool changed() const { return fs::exists(folder_ / "changed"); }
  Folder folder_;
};

TEST_F(ResetGpu, OnlyShowsUnlessToldToAndRefusesWhenOthersUseIt) {
  const Said shown = run("", "0", "");
  EXPECT_EQ(shown.code, 0) << shown.err;
  EXPECT_NE(shown.out.find("--gpu-reset"), std::string::npos);
  EXPECT_FALSE(changed());
  EXPECT_EQ(run("12, python, 100 MiB\\n", "0", "--yes").code, 1);
  EXPECT_EQ(run("", "7", "--yes").code, 1);      // somebody whom this container does not see
  EXPECT_EQ(run("", "[N/A]", "--yes").code, 1);  // unknown is not free
  EXPECT_EQ(run("", "0", "--gpu x").code, 2);
  EXPECT_FALSE(changed());
}

}  // namespace
}  // namespace aisp::test
