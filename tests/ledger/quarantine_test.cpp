#include "ledger/quarantine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <random>

#include "sample_run.h"

namespace aisp {
namespace {

using testing::contents;
using testing::Folder;
using ::testing::HasSubstr;

std::string hash_of(char digit) { return std::string(64, digit); }

QuarantineEvent event(char digit, const std::string& target = "ch01:gemm",
                      const std::string& name = "optimized") {
  return {0,    "2026-11-26T01:00:00Z", {},     target, "cpu", hash_of(digit),
          name, "values: 3 are wrong",  "run-1"};
}

// By somebody who knows SQLite and wants to be out: the triggers that keep the record go first.
void tamper(const std::string& path, const std::string& statement) {
  sqlite3* db = nullptr;
  ASSERT_EQ(sqlite3_open(path.c_str(), &db), SQLITE_OK);
  const std::string all =
      "DROP TRIGGER quarantine_stays; DROP TRIGGER quarantine_same;" + statement;
  ASSERT_EQ(sqlite3_exec(db, all.c_str(), nullptr, nullptr, nullptr), SQLITE_OK)
      << sqlite3_errmsg(db);
  sqlite3_close(db);
}

class QuarantineTest : public ::testing::Test {
 protected:
  Ledger open() {
    auto ledger = Ledger::open(path_);
    EXPECT_TRUE(ledger.ok()) << ledger.error().message();
    return std::move(*ledger);
  }
  Folder folder_;
  std::string path_ = folder_ / "ledger.db";
};

TEST_F(QuarantineTest, WhoGoesInStaysUntilReleasedAndTheHistoryStays) {
  {
    Ledger ledger = open();
    Quarantine q(ledger);
    EXPECT_TRUE(q.present()->empty());
    EXPECT_TRUE(*q.enter(event('a')));
    EXPECT_FALSE(*q.enter(event('a', "ch01:gemm", "renamed")));  // it is in already
    EXPECT_TRUE(*q.enter(event('a', "ch01:other")));
    EXPECT_FALSE(*q.release(event('b')));  // it was never in
  }
  Ledger ledger = open();
  Quarantine q(ledger);
  EXPECT_EQ(q.present()->size(), 2u);
  EXPECT_EQ((*q.find("ch01:gemm", hash_of('a')))->implementation, "optimized");
  EXPECT_FALSE(q.find("ch01:gemm", hash_of('b'))->has_value());
  EXPECT_TRUE(*q.release(event('a')));
  EXPECT_FALSE(q.find("ch01:gemm", hash_of('a'))->has_value());
  EXPECT_TRUE(q.find("ch01:other", hash_of('a'))->has_value());
  EXPECT_TRUE(*q.enter(event('a')));  // and again
  const auto history = q.history();
  ASSERT_EQ(history->size(), 4u);
  EXPECT_EQ(history->at(2).kind, QuarantineEvent::Kind::released);
  EXPECT_EQ(history->at(3).id, 4);
}

TEST_F(QuarantineTest, ALedgerFromBeforeGetsAnEmptyOne) {
  open();
  sqlite3* db = nullptr;
  ASSERT_EQ(sqlite3_open(path_.c_str(), &db), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(
                db,
                "ALTER TABLE samples DROP COLUMN process; DROP TABLE quarantine; DROP INDEX "
                "runs_by_state; DROP INDEX targets_by_name; "
                "ALTER TABLE runs DROP COLUMN checksum; ALTER TABLE targets DROP COLUMN checksum; "
                "ALTER TABLE verdicts DROP COLUMN checksum; "
                "ALTER TABLE verdicts DROP COLUMN samples_checksum; PRAGMA user_version = 3",
                nullptr, nullptr, nullptr),
            SQLITE_OK);
  sqlite3_close(db);
  Ledger ledger = open();
  EXPECT_TRUE(Quarantine(ledger).present()->empty());
  EXPECT_TRUE(*Quarantine(ledger).enter(event('a')));
}

TEST_F(QuarantineTest, ARowThatWasChangedOrTakenOutIsAnErrorAndNotARelease) {
  const std::pair<const char*, const char*> attempts[] = {
      {"UPDATE quarantine SET content_hash = replace(content_hash, 'b', 'c') WHERE id = 2",
       "entry 2 was changed"},
      {"UPDATE quarantine SET event = 'released' WHERE id = 2", "entry 2 was changed"},
      {"UPDATE quarantine SET reason = 'no reason' WHERE id = 1", "entry 1 was changed"},
      {"DELETE FROM quarantine WHERE id = 2", "entry 2 is missing"},
      {"DELETE FROM quarantine WHERE id = 3", "3 entries were made, and 2 are there"},
      {"DELETE FROM quarantine", "3 entries were made, and 0 are there"},
      {"UPDATE quarantine SET id = id + 7 WHERE id = 3", "entry 3 is missing"},
      {"DELETE FROM sqlite_sequence", "no entries were made, and 3 are there"},
  };
  int count = 0;
  for (const auto& [statement, says] : attempts) {
    const std::string path = folder_ / ("ledger" + std::to_string(count++));
    {
      auto ledger = Ledger::open(path);
      Quarantine q(*ledger);
      for (const char digit : {'a', 'b', 'd'}) ASSERT_TRUE(*q.enter(event(digit)));
    }
    tamper(path, statement);
    auto ledger = Ledger::open(path);
    ASSERT_TRUE(ledger.ok()) << ledger.error().message();
    Quarantine q(*ledger);
    const auto present = q.present();
    ASSERT_FALSE(present.ok()) << statement;
    EXPECT_THAT(present.error().message(), HasSubstr(says)) << statement;
    EXPECT_FALSE(q.find("ch01:gemm", hash_of('b')).ok());
    EXPECT_FALSE(q.enter(event('e')).ok());  // nothing is built on a damaged store
    EXPECT_FALSE(q.release(event('a')).ok());
  }
}

// Whatever is damaged in the file: an error, or what was there before; never another quarantine.
TEST_F(QuarantineTest, DamagedFilesAreErrorsOrWhole) {
  // Each opens a ledger. More with AISP_MUTATIONS=10000.
  const int kMutations =
      std::getenv("AISP_MUTATIONS") != nullptr ? std::atoi(std::getenv("AISP_MUTATIONS")) : 600;
  {
    Ledger ledger = open();
    Quarantine q(ledger);
    for (int i = 0; i < 40; ++i)
      ASSERT_TRUE(*q.enter(event("0123456789abcdef"[i % 16], "t" + std::to_string(i))));
    for (int i = 0; i < 10; ++i)
      ASSERT_TRUE(*q.release(event("0123456789abcdef"[i % 16], "t" + std::to_string(i))));
  }
  const std::string whole = contents(path_);
  const std::string damaged = folder_ / "damaged.db";
  std::mt19937_64 random(20261126);
  int refused = 0;
  for (int i = 0; i < kMutations; ++i) {
    std::string bytes = whole;
    const std::size_t at = random() % bytes.size();
    switch (random() % 4) {
      case 0: bytes[at] = static_cast<char>(random()); break;
      case 1: bytes[at] = static_cast<char>(bytes[at] ^ (1 << random() % 8)); break;
      case 2: bytes.resize(at); break;
      default:
        for (std::size_t k = at; k < std::min(bytes.size(), at + 1 + random() % 512); ++k)
          bytes[k] = random() % 2 ? 0 : static_cast<char>(random());
    }
    for (const char* suffix : {"-wal", "-shm"}) ::unlink((damaged + suffix).c_str());
    std::ofstream(damaged, std::ios::binary) << bytes;
    auto ledger = Ledger::open(damaged);
    if (!ledger.ok()) {
      ++refused;
      EXPECT_FALSE(ledger.error().message().empty());
      continue;
    }
    const auto present = Quarantine(*ledger).present();
    if (!present.ok()) {
      ++refused;
      continue;
    }
    ASSERT_EQ(present->size(), 30u) << "mutation " << i << " at " << at;
    for (int k = 0; k < 30; ++k)
      ASSERT_EQ(present->at(static_cast<std::size_t>(k)).target, "t" + std::to_string(k + 10));
  }
  EXPECT_GT(refused, kMutations / 4);
}

TEST_F(QuarantineTest, TwoProcessesEnterAtOnceAndNothingIsLost) {
  open();
  constexpr int kEach = 25;
  std::vector<pid_t> children;
  for (int child = 0; child < 2; ++child) {
    const pid_t pid = fork();
    if (pid == 0) {
      auto ledger = Ledger::open(path_);
      if (!ledger.ok()) _exit(1);
      Quarantine q(*ledger);
      for (int i = 0; i < kEach; ++i)
        if (!q.enter(event('a', std::to_string(child) + ":" + std::to_string(i))).ok()) _exit(2);
      _exit(0);
    }
    children.push_back(pid);
  }
  for (const pid_t pid : children) {
    int status = 0;
    ASSERT_EQ(waitpid(pid, &status, 0), pid);
    EXPECT_EQ(status, 0);
  }
  Ledger ledger = open();
  EXPECT_EQ(Quarantine(ledger).present()->size(), 2u * kEach);
}

}  // namespace
}  // namespace aisp
