#include "ledger/ledger.h"

#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <optional>
#include <random>

#include "ledger/result_json.h"
#include "ledger/schema.h"
#include "sample_run.h"

namespace aisp {
namespace {

using testing::contents;
using testing::Folder;
using testing::sample_run;
using testing::sample_target;
using testing::sample_window;

void write_file(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

// Runs SQL in a file with a connection of its own; true on success.
bool sql(const std::string& path, const char* text, std::string* error = nullptr) {
  sqlite3* db = nullptr;
  EXPECT_EQ(sqlite3_open(path.c_str(), &db), SQLITE_OK);
  const int code = sqlite3_exec(db, text, nullptr, nullptr, nullptr);
  if (error != nullptr) *error = sqlite3_errmsg(db);
  sqlite3_close(db);
  return code == SQLITE_OK;
}

#define ASSERT_OK(expression)                                         \
  do {                                                                \
    const auto status_of_it = (expression);                           \
    ASSERT_TRUE(status_of_it.ok()) << status_of_it.error().message(); \
  } while (false)

// More with AISP_MUTATIONS=10000: each opens, reads and checks a ledger.
const int kLedgerMutations =
    std::getenv("AISP_MUTATIONS") != nullptr ? std::atoi(std::getenv("AISP_MUTATIONS")) : 600;

class LedgerTest : public ::testing::Test {
 protected:
  Result<Ledger> open() { return Ledger::open(path_); }

  Folder folder_;
  std::string path_ = folder_ / "sub/ledger.db";
};

TEST_F(LedgerTest, KeepsARunFromBeginningToEnd) {
  auto ledger = open();
  ASSERT_TRUE(ledger.ok()) << ledger.error().message();
  const RunInfo run = sample_run();
  ASSERT_OK(ledger->begin_run(run));
  ASSERT_OK(ledger->plan_targets(run.id, run.targets));
  EXPECT_EQ(*ledger->remaining_targets(run.id), run.targets);
  ASSERT_OK(ledger->record_target(run.id, sample_target()));
  EXPECT_EQ(*ledger->remaining_targets(run.id), std::vector<std::string>{"ch01:copy"});
  EXPECT_EQ(*ledger->run_state(run.id), RunState::running);
  ASSERT_OK(ledger->record_target(run.id, sample_target("ch01:copy")));
  ASSERT_OK(ledger->finish_run(run));
  ASSERT_OK(ledger->check());

  auto again = open();
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(*again->run_state(run.id), RunState::finished);
  EXPECT_TRUE(again->remaining_targets(run.id)->empty());
  EXPECT_EQ(manifest_json(*again->run_info(run.id)), manifest_json(run));
  const auto results = again->results(run.id);
  ASSERT_TRUE(results.ok());
  ASSERT_EQ(results->size(), 2u);
  EXPECT_EQ(results->at(0).target, "ch01:gemm");
  EXPECT_EQ(results->at(1).implementations.at(1).implementation, "optimized_avx512");
}

TEST_F(LedgerTest, EveryFieldOfAWindowComesBack) {
  auto ledger = open();
  const RunInfo run = sample_run();
  ASSERT_OK(ledger->begin_run(run));
  ASSERT_OK(ledger->record_target(run.id, sample_target("ch01:gemm", 30)));
  const auto windows = ledger->windows(run.id, "ch01:gemm", "optimized_avx512");
  ASSERT_TRUE(windows.ok());
  ASSERT_EQ(windows->size(), 30u);
  for (int i = 0; i < 30; ++i) {
    const Window want = sample_window(i);
    const Window& got = windows->at(static_cast<std::size_t>(i));
    EXPECT_EQ(got.round, want.round);
    EXPECT_EQ(got.position, want.position);
    EXPECT_EQ(got.kind, want.kind);
    EXPECT_EQ(got.calls, want.calls);
    EXPECT_EQ(got.started_ns, want.started_ns);
    EXPECT_EQ(got.sealed_ns, want.sealed_ns);
    EXPECT_EQ(got.done_ns, want.done_ns);
    EXPECT_EQ(got.claim_ns, want.claim_ns);
    EXPECT_EQ(got.claim_span_ns, want.claim_span_ns);
    EXPECT_EQ(got.claim_min_ns, want.claim_min_ns);
    EXPECT_EQ(got.claim_sane, want.claim_sane);
    EXPECT_EQ(got.cpu_ns, want.cpu_ns);
    EXPECT_EQ(got.cpu_outside_ns, want.cpu_outside_ns);
    EXPECT_EQ(got.threads, want.threads);
    EXPECT_EQ(got.resident_bytes, want.resident_bytes);
    EXPECT_EQ(got.steal_ns, want.steal_ns);
    EXPECT_EQ(got.calls_verified, want.calls_verified);
    EXPECT_EQ(got.calls_wrong, want.calls_wrong);
    EXPECT_EQ(got.calls_by_reference, want.calls_by_reference);
    EXPECT_EQ(got.poison_intact, want.poison_intact);
  }
  EXPECT_TRUE(ledger->windows(run.id, "ch01:gemm", "nobody")->empty());
}

TEST_F(LedgerTest, ARecordIsNeverReplaced) {
  auto ledger = open();
  const RunInfo run = sample_run();
  ASSERT_OK(ledger->begin_run(run));
  EXPECT_FALSE(ledger->begin_run(run).ok());
  ASSERT_OK(ledger->record_target(run.id, sample_target()));
  TargetResult other = sample_target();
  other.summary = "another";
  const auto twice = ledger->record_target(run.id, other);
  ASSERT_FALSE(twice.ok());
  EXPECT_NE(twice.error().message().find("recorded already"), std::string::npos);
  EXPECT_EQ(ledger->results(run.id)->at(0).summary, "C = A B");
  ASSERT_OK(ledger->finish_run(run));
  EXPECT_FALSE(ledger->finish_run(run).ok());
  for (const char* text : {"DELETE FROM runs", "DELETE FROM samples",
                           "UPDATE samples SET sealed_ns = 1", "UPDATE verdicts SET correct = 1",
                           "DELETE FROM findings", "UPDATE targets SET result = '{}'"}) {
    std::string error;
    EXPECT_FALSE(sql(path_, text, &error)) << text;
    EXPECT_NE(error.find("append-only"), std::string::npos) << text << error;
  }
}

TEST_F(LedgerTest, AFailureInTheMiddleLeavesNothingOfTheTarget) {
  auto ledger = open();
  const RunInfo run = sample_run();
  ASSERT_OK(ledger->begin_run(run));
  ASSERT_OK(ledger->plan_targets(run.id, {"ch01:gemm"}));
  TargetResult twins = sample_target();
  twins.implementations.push_back(twins.implementations[1]);  // the name is taken: fails last
  EXPECT_FALSE(ledger->record_target(run.id, twins).ok());
  EXPECT_EQ(ledger->remaining_targets(run.id)->size(), 1u);
  EXPECT_TRUE(ledger->windows(run.id, "ch01:gemm", "baseline")->empty());
  ASSERT_OK(ledger->check());
  ASSERT_OK(ledger->record_target(run.id, sample_target()));
}

TEST_F(LedgerTest, UnknownRunsAreErrors) {
  auto ledger = open();
  EXPECT_FALSE(ledger->record_target("nobody", sample_target()).ok());
  EXPECT_FALSE(ledger->plan_targets("nobody", {"a"}).ok());
  EXPECT_FALSE(ledger->remaining_targets("nobody").ok());
  EXPECT_FALSE(ledger->run_info("nobody").ok());
  EXPECT_FALSE(ledger->finish_run(sample_run("nobody")).ok());
  EXPECT_FALSE(ledger->latest_interrupted_run().ok());
}

TEST_F(LedgerTest, HostileNamesAreOnlyText) {
  auto ledger = open();
  const RunInfo run = sample_run("x'); DROP TABLE runs; --");
  ASSERT_OK(ledger->begin_run(run));
  TargetResult target = sample_target("t' OR '1'='1");
  target.implementations[1].implementation = "a\"; DELETE FROM samples; --";
  target.implementations[1].findings[0].message = std::string("\xff\0;", 3);
  ASSERT_OK(ledger->record_target(run.id, target));
  EXPECT_EQ(
      ledger->windows(run.id, target.target, target.implementations[1].implementation)->size(),
      12u);
  ASSERT_OK(ledger->check());
}

TEST_F(LedgerTest, TheKeyIsNotInTheFileWhileTheRunLasts) {
  RunInfo run = sample_run();
  run.key_hex = "c0ffee5ec4e7c0ffee5ec4e7";
  {
    auto ledger = open();
    ASSERT_OK(ledger->begin_run(run));  // although finished_at is set
    ASSERT_OK(ledger->record_target(run.id, sample_target()));
    for (const char* suffix : {"", "-wal"})
      EXPECT_EQ(contents(path_ + suffix).find(run.key_hex), std::string::npos) << suffix;
    ASSERT_OK(ledger->finish_run(run));
  }
  EXPECT_NE(contents(path_).find(run.key_hex), std::string::npos);
}

// Runs `body` in a child that ends without destructors, as if it were killed.
template <class F>
void in_killed_child(F&& body) {
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    const bool fine = body();
    if (!fine) _exit(1);
    kill(getpid(), SIGKILL);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status)) << "the child failed before its end";
}

TEST_F(LedgerTest, ARunWhoseProcessIsGoneIsInterruptedAndCanBeResumed) {
  const RunInfo run = sample_run();
  in_killed_child([&] {
    auto ledger = open();
    return ledger.ok() && ledger->begin_run(run).ok() &&
           ledger->plan_targets(run.id, run.targets).ok() &&
           ledger->record_target(run.id, sample_target()).ok();
  });
  auto ledger = open();
  ASSERT_TRUE(ledger.ok()) << ledger.error().message();
  EXPECT_EQ(*ledger->interrupted_runs(), std::vector<std::string>{run.id});
  EXPECT_EQ(ledger->latest_interrupted_run()->id, run.id);
  EXPECT_EQ(*ledger->remaining_targets(run.id), std::vector<std::string>{"ch01:copy"});
  ASSERT_OK(ledger->resume_run(run.id));
  EXPECT_FALSE(ledger->resume_run(run.id).ok());
  ASSERT_OK(open());  // this process lives: opening again does not interrupt it
  EXPECT_EQ(*ledger->run_state(run.id), RunState::running);
  ASSERT_OK(ledger->plan_targets(run.id, run.targets));
  ASSERT_OK(ledger->record_target(run.id, sample_target("ch01:copy")));
  ASSERT_OK(ledger->finish_run(run));
  EXPECT_EQ(ledger->results(run.id)->size(), 2u);
}

TEST_F(LedgerTest, ARunThatStopsOnPurposeIsInterruptedAndHasItsKey) {
  auto ledger = open();
  const RunInfo run = sample_run();
  ASSERT_OK(ledger->begin_run(run));
  EXPECT_TRUE(ledger->run_info(run.id)->key_hex.empty());
  ASSERT_OK(ledger->interrupt_run(run));
  EXPECT_EQ(ledger->latest_interrupted_run()->key_hex, run.key_hex);
}

TEST_F(LedgerTest, AnotherBootOrAnotherProcessOfThatPidIsGone) {
  const RunInfo run = sample_run();
  ASSERT_OK(open()->begin_run(run));
  ASSERT_TRUE(sql(path_, "UPDATE runs SET process_start = process_start - 1"));
  EXPECT_EQ(*open()->run_state(run.id), RunState::interrupted);
  ASSERT_OK(open()->resume_run(run.id));
  EXPECT_EQ(*open()->run_state(run.id), RunState::running);
  ASSERT_TRUE(sql(path_, "UPDATE runs SET boot_id = 'another'"));
  EXPECT_EQ(*open()->run_state(run.id), RunState::interrupted);
}

TEST_F(LedgerTest, OfSeveralInterruptedRunsTheLatestIsTaken) {
  auto ledger = open();
  RunInfo first = sample_run("first"), second = sample_run("second");
  first.started_at = "2026-01-31T12:00:00Z";
  second.started_at = "2026-02-01T12:00:00Z";
  ASSERT_OK(ledger->begin_run(second));
  ASSERT_OK(ledger->begin_run(first));
  ASSERT_OK(ledger->interrupt_run(first));
  ASSERT_OK(ledger->interrupt_run(second));
  EXPECT_EQ(ledger->latest_interrupted_run()->id, "second");
}

// Files that are no ledger: the error says so, and not one byte of them changes.
class NotALedger : public LedgerTest {
 protected:
  std::string path_ = folder_ / "file";
  void expect_refused(const std::string& why) {
    const std::string before = contents(path_);
    const auto ledger = Ledger::open(path_);
    ASSERT_FALSE(ledger.ok());
    EXPECT_NE(ledger.error().message().find(why), std::string::npos) << ledger.error().message();
    EXPECT_FALSE(ledger.error().fix.empty());
    EXPECT_EQ(contents(path_), before);
  }
};

TEST_F(NotALedger, Empty) {
  write_file(path_, "");
  expect_refused("empty");
}

TEST_F(NotALedger, Text) {
  write_file(path_, std::string(5000, 'x'));
  expect_refused("not a ledger");
}

TEST_F(NotALedger, OnlyTheMagic) {
  write_file(path_, std::string("SQLite format 3\0", 16));
  expect_refused("not a ledger");
}

TEST_F(NotALedger, DatabaseOfAnotherProgram) {
  ASSERT_TRUE(sql(path_, "CREATE TABLE t (x); INSERT INTO t VALUES (1)"));
  expect_refused("another program");
}

TEST_F(NotALedger, NewerVersion) {
  ASSERT_TRUE(Ledger::open(path_).ok());
  ASSERT_TRUE(sql(path_, "PRAGMA user_version = 99"));
  expect_refused("newer aisp (schema 99");
}

TEST_F(NotALedger, Folder) {
  std::filesystem::create_directory(path_);
  const auto ledger = Ledger::open(path_);
  ASSERT_FALSE(ledger.ok());
  EXPECT_NE(ledger.error().message().find("regular file"), std::string::npos);
}

TEST_F(NotALedger, LogOfALedgerThatIsGone) {
  write_file(path_ + "-wal", "old");
  const auto ledger = Ledger::open(path_);
  ASSERT_FALSE(ledger.ok());
  EXPECT_FALSE(std::filesystem::exists(path_));
}

TEST_F(NotALedger, ButOneOfTheFirstVersionIsBroughtUpToDate) {
  const std::string first = std::string(kSchemaV1) + R"sql(
    PRAGMA application_id = 0x61697370;
    PRAGMA user_version = 1;
    INSERT INTO runs VALUES ('r', 'finished', 1, 1, 'b', 's', 'f', '{}');
    INSERT INTO targets VALUES (1, 'r', 't', 'cpu', 'done', '{}');
    INSERT INTO verdicts (id, target, implementation, part, time_source, sentence)
      VALUES (1, 1, 'baseline', 'baseline', 'sealed', '');
    INSERT INTO samples VALUES (1, 0, 0, 0, 'probe', 1, 2, 3, 4, 5, 6, 7, 1, 8, 9, 1, 10, 11, 1, 0, 1, 1);
  )sql";
  ASSERT_TRUE(sql(path_, first.c_str()));
  const char* alone =
      "INSERT INTO samples (verdict, seq, round, position, kind, calls, started_ns, sealed_ns, "
      "done_ns, "
      "claim_ns, claim_span_ns, claim_min_ns, claim_sane, cpu_ns, cpu_outside_ns, threads, "
      "resident_bytes, steal_ns, calls_verified, calls_wrong, calls_by_reference, poison_intact) "
      "VALUES (1, 1, 0, 0, 'alone', 1, 2, 3, 4, 5, 6, 7, 1, 8, 9, 1, 10, 11, "
      "1, 0, 1, 1)";
  EXPECT_FALSE(sql(path_, alone));
  ASSERT_TRUE(Ledger::open(path_).ok());
  EXPECT_TRUE(sql(path_, alone));
  EXPECT_TRUE(sql(path_,
                  "CREATE TEMP TABLE t (n CHECK (n = 2)); "
                  "INSERT INTO t SELECT count(*) FROM samples_by_name WHERE run = 'r'"))
      << "what was there is kept";
  EXPECT_FALSE(sql(path_, "DELETE FROM samples")) << "the ledger is append-only";
  EXPECT_FALSE(sql(path_, "UPDATE samples SET calls = 2")) << "the ledger is append-only";
}

TEST_F(LedgerTest, HistoryIsNewestFirstAndOfOneTargetAndDevice) {
  auto ledger = open();
  ASSERT_TRUE(ledger.ok());
  for (int i = 0; i < 4; ++i) {
    RunInfo run = sample_run("run" + std::to_string(i));
    run.machine["cpu model"] = "abacus " + std::to_string(i);
    ASSERT_OK(ledger->begin_run(run));
    ASSERT_OK(ledger->record_target(run.id, sample_target("ch01:gemm", 2)));
    ASSERT_OK(ledger->record_target(run.id, sample_target("ch01:copy", 2)));
    TargetResult on_gpu = sample_target("ch01:gemm", 2);
    on_gpu.device = "cuda";
    if (i == 1) {
      ASSERT_OK(ledger->record_target(run.id, on_gpu));
    }
    if (i != 3) {
      ASSERT_OK(ledger->finish_run(run));
    }
  }
  const auto all = ledger->history("ch01:gemm", "cpu", 100);
  ASSERT_TRUE(all.ok()) << all.error().message();
  ASSERT_EQ(all->size(), 8u);
  EXPECT_EQ(all->front().run, "run3");
  EXPECT_EQ(all->front().state, RunState::running);
  EXPECT_EQ(all->front().cpu_model, "abacus 3");
  EXPECT_EQ(all->front().implementation, "baseline");
  EXPECT_FALSE(all->front().speedup);
  EXPECT_FALSE(all->front().comparison);
  const HistoryEntry& optimized = all->at(1);
  EXPECT_EQ(optimized.implementation, "optimized_avx512");
  EXPECT_EQ(optimized.part, Part::optimized);
  EXPECT_EQ(optimized.correct, std::optional(true));
  EXPECT_EQ(optimized.comparison, stats::Comparison::faster);
  EXPECT_DOUBLE_EQ(optimized.speedup->low, 2.051);
  EXPECT_DOUBLE_EQ(optimized.time_ns->high, 12600);
  EXPECT_EQ(all->back().run, "run0");
  EXPECT_EQ(ledger->history("ch01:gemm", "cpu", 2)->size(), 4u);
  EXPECT_EQ(ledger->history("ch01:gemm", "cuda", 100)->size(), 2u);
  EXPECT_TRUE(ledger->history("ch01:gem", "cpu", 100)->empty());
}

TEST_F(LedgerTest, FindsRunsByIdBeginningAndAge) {
  auto ledger = open();
  ASSERT_TRUE(ledger.ok());
  EXPECT_FALSE(ledger->find_run("latest").ok());
  for (const char* id : {"2026a", "2026b_", "2027"}) ASSERT_OK(ledger->begin_run(sample_run(id)));
  EXPECT_EQ(*ledger->find_run("latest"), "2027");
  EXPECT_EQ(*ledger->find_run("latest~2"), "2026a");
  EXPECT_EQ(*ledger->find_run("2026a"), "2026a");
  EXPECT_EQ(*ledger->find_run("2026b"), "2026b_");
  EXPECT_NE(ledger->find_run("2026").error().message().find("2026a and 2026b_"), std::string::npos);
  for (const char* none : {"", "x", "2026c", "latest~3", "latest~", "latest~-1", "latest~x",
                           "latestx", "latest~99999999999999999999", "2026%", "2026b?"})
    EXPECT_FALSE(ledger->find_run(none).ok()) << none;
}

TEST_F(LedgerTest, ALedgerWithoutIndicesAndChecksumsIsBroughtUpToDate) {
  {
    auto ledger = open();
    ASSERT_TRUE(ledger.ok());
    ASSERT_OK(ledger->begin_run(sample_run("old")));
    ASSERT_OK(ledger->record_target("old", sample_target("t", 3)));
  }
  ASSERT_TRUE(
      sql(path_,
          "ALTER TABLE samples DROP COLUMN process; "
          "DROP INDEX runs_by_state; DROP INDEX targets_by_name; ALTER TABLE runs DROP COLUMN "
          "checksum; "
          "ALTER TABLE targets DROP COLUMN checksum; ALTER TABLE verdicts DROP COLUMN checksum; "
          "ALTER TABLE verdicts DROP COLUMN samples_checksum; PRAGMA user_version = 4"));
  auto ledger = open();
  ASSERT_TRUE(ledger.ok()) << ledger.error().message();
  EXPECT_EQ(ledger->history("t", "cpu", 9)->size(), 2u);
  ASSERT_OK(ledger->check());
  EXPECT_FALSE(sql(path_, "CREATE INDEX targets_by_name ON targets (target)"));
}

TEST_F(LedgerTest, OfALargeLedgerDamageInTheNewestRowsIsSeenWhenItIsOpened) {
  {
    auto ledger = open();
    ASSERT_TRUE(ledger.ok());
    ASSERT_OK(ledger->begin_run(sample_run("r")));
    for (int i = 0; i < 230; ++i)
      ASSERT_OK(ledger->record_target("r", sample_target("t" + std::to_string(i), 1)));
  }
  ASSERT_TRUE(Ledger::open(path_).ok());
  std::string bytes = contents(path_);
  const std::size_t page = 4096;
  for (std::size_t i = bytes.size() - 40 * page; i < bytes.size(); ++i)
    bytes[i] = static_cast<char>(i * 31);
  write_file(path_, bytes);
  const auto damaged = Ledger::open(path_);
  ASSERT_FALSE(damaged.ok());
  EXPECT_NE(damaged.error().message().find("malformed"), std::string::npos)
      << damaged.error().message();
}

class DamagedLedger : public NotALedger {
 protected:
  void SetUp() override {
    auto ledger = Ledger::open(path_);
    ASSERT_TRUE(ledger.ok());
    ASSERT_OK(ledger->begin_run(sample_run()));
    for (const char* name : {"a", "b", "c"})
      ASSERT_OK(ledger->record_target(sample_run().id, sample_target(name, 200)));
  }
};

TEST_F(DamagedLedger, Truncated) {
  std::filesystem::resize_file(path_, std::filesystem::file_size(path_) / 2);
  expect_refused("malformed");
}

TEST_F(DamagedLedger, Overwritten) {
  std::string bytes = contents(path_);
  ASSERT_GT(bytes.size(), 20'000u);
  for (std::size_t i = 8'192; i < 20'000; ++i) bytes[i] = static_cast<char>(i * 31);
  write_file(path_, bytes);
  expect_refused("malformed");
}

TEST_F(DamagedLedger, TruncatedInTheLastPage) {
  std::filesystem::resize_file(path_, std::filesystem::file_size(path_) - 1);
  expect_refused("malformed");
}

// Whatever is done to the bytes: opening, reading and checking answer with what is in there or with
// an error, and never with something that was not recorded.
TEST_F(DamagedLedger, MutationsAreErrorsOrChangeNothing) {
  const std::string whole = contents(path_);
  const auto recorded = [](Ledger& ledger) -> std::optional<std::string> {
    std::string text;
    const auto results = ledger.results(sample_run().id);
    if (!results.ok()) return std::nullopt;
    for (const TargetResult& target : *results) text += dump(target_result_json(target));
    for (const char* target : {"a", "b", "c"}) {
      const auto windows = ledger.windows(sample_run().id, target, "optimized_avx512");
      const auto history = ledger.history(target, "cpu", 9);
      if (!windows.ok() || !history.ok()) return std::nullopt;
      text += std::to_string(windows->size()) + " " + std::to_string(history->size()) + "\n";
    }
    return text;
  };
  std::string good;
  {
    auto ledger = Ledger::open(path_);
    ASSERT_TRUE(ledger.ok());
    good = *recorded(*ledger);
  }
  std::mt19937 random(7);
  int refused = 0, same = 0, other_content = 0;
  for (int i = 0; i < kLedgerMutations; ++i) {
    std::string bytes = whole;
    const std::size_t at = random() % bytes.size();
    if (i % 4 == 0) {
      bytes.resize(at);
    } else if (i % 4 == 1) {
      for (std::size_t k = at; k < std::min(bytes.size(), at + 512); ++k)
        bytes[k] = static_cast<char>(random());
    } else {
      bytes[at] = static_cast<char>(random());
    }
    for (const char* suffix : {"-wal", "-shm"}) std::filesystem::remove(path_ + suffix);
    write_file(path_, bytes);
    auto ledger = Ledger::open(path_);
    if (!ledger.ok()) {
      ++refused;
      EXPECT_FALSE(ledger.error().why.empty());
      continue;
    }
    const auto now = recorded(*ledger);
    const Status checked = ledger->check();
    if (!now || !checked.ok())
      ++refused;
    else if (*now == good)
      ++same;
    else
      ++other_content;
  }
  EXPECT_GT(refused, kLedgerMutations / 3);
  EXPECT_GT(same, 0);
  RecordProperty("refused", refused);
  RecordProperty("same", same);
  RecordProperty("other_content", other_content);
  EXPECT_EQ(other_content, 0);
}

TEST_F(DamagedLedger, ALostRowIsSeenByCheck) {
  ASSERT_OK(Ledger::open(path_)->check());
  ASSERT_TRUE(
      sql(path_, "DROP TRIGGER samples_stay; DELETE FROM samples WHERE seq = 7 AND verdict = 3"));
  const auto checked = Ledger::open(path_)->check();
  ASSERT_FALSE(checked.ok());
  EXPECT_NE(checked.error().message().find("windows of"), std::string::npos);
}

}  // namespace
}  // namespace aisp
