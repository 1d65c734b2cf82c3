// What a refusal means in each phase, and how one gets into quarantine and out of it.
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "cli/program.h"
#include "ledger/quarantine.h"

namespace aisp::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using Arguments = std::vector<std::string>;

constexpr const char* kTarget = "testbed:axpby";

// Right, unless a file says otherwise when it is compiled.
void write_candidate(const Folder& folder, const std::string& name, bool right) {
  const Said given = aisp({"bench", "template", "-t", kTarget}, folder.path());
  std::string text = given.out;
  const std::string line = "a * x[i] + b * y[i]";
  ASSERT_NE(text.find(line), std::string::npos) << given.err;
  if (!right) text.replace(text.find(line), line.size(), "a * x[i] - b * y[i]");
  std::ofstream(folder / name) << text;
}

Said judge(const Folder& folder, const std::string& command, const std::string& phase,
           const Arguments& more, const Arguments& environment = {}) {
  Arguments all = {"bench", command, "-t", kTarget, "--json"};
  if (command == "run") all.insert(all.end(), {"--time-limit", "1"});
  if (!phase.empty()) all.insert(all.end(), {"--verify-phase", phase});
  all.insert(all.end(), more.begin(), more.end());
  return aisp(all, folder.path(), environment);
}

json row_of(const Said& said, const std::string& part) {
  const json results = json::parse(said.out);
  for (const json& row : results["results"])
    if (row["part"] == part) return row;
  return {};
}

json quarantine(const Folder& folder) {
  const Said said = aisp({"bench", "quarantine-report", "-f", "json"}, folder.path());
  EXPECT_EQ(said.code, 0) << said.err;
  EXPECT_EQ(schema_errors(said.out, "quarantine.schema.json", folder.path()), "");
  return json::parse(said.out);
}

TEST(Phases, DetectReportsQuarantineKeepsOutAndGateFails) {
  const Folder folder;
  write_candidate(folder, "wrong.cpp", false);
  const Arguments wrong = {"--candidate", folder / "wrong.cpp"};
  EXPECT_EQ(judge(folder, "run", "", wrong).code, 1);

  const Said detect = judge(folder, "run", "detect", wrong);
  EXPECT_EQ(detect.code, 0) << detect.err;
  EXPECT_EQ(row_of(detect, "candidate")["correct"], false);
  EXPECT_GT(row_of(detect, "candidate")["rounds"], 0);
  EXPECT_TRUE(quarantine(folder)["history"].empty());

  const Said first = judge(folder, "run", "QUARANTINE", wrong);
  EXPECT_EQ(first.code, 0) << first.err;
  EXPECT_EQ(schema_errors(first.out, "run.schema.json", folder.path()), "");
  json row = row_of(first, "candidate");
  EXPECT_EQ(row["correct"], false);
  EXPECT_TRUE(row["time_ns"].is_null());
  EXPECT_TRUE(row["speedup"].is_null());
  EXPECT_TRUE(row["comparison"].is_null());
  ASSERT_EQ(quarantine(folder)["quarantined"].size(), 1u);

  // Another name, the same content: the compiler is given the same text, and it is not timed again.
  fs::rename(folder / "wrong.cpp", folder / "renamed.cpp");
  const Said second =
      judge(folder, "run", "", {"--candidate", folder / "renamed.cpp"}, {"AISP_VERIFY_PHASE=gate"});
  EXPECT_EQ(second.code, 1);
  row = row_of(second, "candidate");
  EXPECT_NE(row["sentence"].get<std::string>().find("in quarantine since"), std::string::npos)
      << row.dump(2);
  EXPECT_EQ(row["rounds"], 0);
  EXPECT_TRUE(row["correct"].is_null());

  // A verification that fails releases nobody.
  EXPECT_EQ(judge(folder, "verify", "gate", {"--candidate", folder / "renamed.cpp"}).code, 1);
  EXPECT_EQ(quarantine(folder)["quarantined"].size(), 1u);
  EXPECT_EQ(quarantine(folder)["history"].size(), 1u);

  for (const char* format : {"text", "markdown"}) {
    const Said said = aisp({"bench", "quarantine-report", "-f", format}, folder.path());
    EXPECT_EQ(said.code, 0);
    EXPECT_NE(said.out.find("1 implementation is in quarantine"), std::string::npos) << said.out;
    EXPECT_NE(said.out.find("values"), std::string::npos) << said.out;
  }
}

TEST(Phases, OnlyAPassingVerificationReleases) {
  const Folder folder;
  write_candidate(folder, "right.cpp", true);
  const Arguments right = {"--candidate", folder / "right.cpp"};
  const Said known = judge(folder, "run", "quarantine", right);
  ASSERT_EQ(known.code, 0) << known.err;
  const std::string hash = row_of(known, "candidate")["content_hash"];
  {
    auto ledger = Ledger::open(folder / "artifacts/ledger.db");
    QuarantineEvent event{0,    "2026-11-26T01:00:00Z", {},          kTarget, "cpu", hash,
                          "it", "claim: seen once",     "an old run"};
    ASSERT_TRUE(*Quarantine(*ledger).enter(event));
  }
  // A run, even one that would pass it, does not.
  const Said run = judge(folder, "run", "quarantine", right);
  EXPECT_EQ(row_of(run, "candidate")["rounds"], 0) << run.out;
  EXPECT_EQ(quarantine(folder)["quarantined"].size(), 1u);
  const Said verify = judge(folder, "verify", "quarantine", right);
  EXPECT_EQ(verify.code, 0) << verify.err << verify.out;
  const json after = quarantine(folder);
  EXPECT_TRUE(after["quarantined"].empty());
  ASSERT_EQ(after["history"].size(), 2u);
  EXPECT_EQ(after["history"][1]["event"], "released");
  EXPECT_EQ(judge(folder, "run", "gate", right).code, 0);
}

TEST(Phases, ADamagedStoreIsAnErrorBeforeAnythingIsMeasured) {
  const Folder folder;
  {
    auto ledger = Ledger::open(folder / "artifacts/ledger.db");
    QuarantineEvent event{0,           "2026-11-26T01:00:00Z", {},   kTarget,
                          "cpu",       std::string(64, 'a'),   "it", "claim: seen once",
                          "an old run"};
    ASSERT_TRUE(*Quarantine(*ledger).enter(event));
  }
  sqlite3* db = nullptr;
  ASSERT_EQ(sqlite3_open((folder / "artifacts/ledger.db").c_str(), &db), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(db, "DROP TRIGGER quarantine_stays; DELETE FROM quarantine", nullptr,
                         nullptr, nullptr),
            SQLITE_OK);
  sqlite3_close(db);
  for (const char* phase : {"quarantine", "gate"}) {
    const Said said = judge(folder, "run", phase, {});
    EXPECT_EQ(said.code, 2);
    EXPECT_NE(said.err.find("1 entries were made, and 0 are there"), std::string::npos) << said.err;
  }
  EXPECT_EQ(aisp({"bench", "quarantine-report"}, folder.path()).code, 2);
  std::ofstream(folder / "artifacts/ledger.db") << "not a ledger";
  EXPECT_EQ(aisp({"bench", "quarantine-report"}, folder.path()).code, 2);
}

TEST(Phases, UnknownPhasesAndAbsentLedgersAreUsageErrors) {
  const Folder folder;
  EXPECT_EQ(judge(folder, "run", "pardon", {}).code, 2);
  EXPECT_EQ(judge(folder, "run", "", {}, {"AISP_VERIFY_PHASE=pardon"}).code, 2);
  EXPECT_EQ(aisp({"bench", "quarantine-report"}, folder.path()).code, 2);
}

}  // namespace
}  // namespace aisp::test
