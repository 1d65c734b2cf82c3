#include "report/artifacts.h"

#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>
#include <fstream>

#include "../ledger/sample_run.h"
#include "report/json.h"
#include "report/report.h"

namespace aisp {
namespace {

using testing::contents;
using testing::Folder;
using testing::sample_run;
using testing::sample_target;

const std::chrono::system_clock::time_point kNow{std::chrono::seconds(1'769'860'800)};

TEST(RunId, TimeProfileAndSafeTargets) {
  EXPECT_EQ(run_id(kNow, "minimal", {"ch01:gemm", "labs/moe:x"}),
            "20260131T120000Z__bench__minimal__ch01-gemm_labs-moe-x");
  EXPECT_EQ(run_id(kNow, "../p", {"a b;$(c)"}), "20260131T120000Z__bench__..-p__a-b---c-");
}

TEST(RunId, ManyTargetsAreCounted) {
  const std::vector<std::string> many(40, "ch01:some_long_name");
  const std::string id = run_id(kNow, "minimal", many);
  EXPECT_LE(id.size(), 96u);
  EXPECT_NE(id.find("-more"), std::string::npos) << id;
  EXPECT_LE(run_id(kNow, "minimal", {std::string(300, 'x')}).size(), 96u);
}

TEST(Artifacts, WritesAllThreeAndLeavesNoDrafts) {
  Folder root;
  const auto artifacts = Artifacts::create(root.path(), "minimal", {"ch01:gemm"}, kNow);
  ASSERT_TRUE(artifacts.ok()) << artifacts.error().message();
  RunInfo run = sample_run(artifacts->id());
  for (int i = 0; i < 2; ++i) {
    const auto done = artifacts->write(run, {sample_target()}, RunState::finished);
    ASSERT_TRUE(done.ok()) << done.error().message();
  }
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(artifacts->folder())) {
    ++files;
    EXPECT_NE(contents(entry.path()), "") << entry.path();
  }
  EXPECT_EQ(files, 3u);
  EXPECT_EQ(Json::parse(contents(artifacts->folder() / "results.json"))["run"]["id"], run.id);
  EXPECT_EQ(Json::parse(contents(artifacts->folder() / "manifest.json"))["key"], "00ff17");
}

TEST(Artifacts, ATakenNameGetsASuffix) {
  Folder root;
  const auto first = Artifacts::create(root.path(), "minimal", {"a"}, kNow);
  const auto second = Artifacts::create(root.path(), "minimal", {"a"}, kNow);
  const auto third = Artifacts::create(root.path(), "minimal", {"a"}, kNow);
  ASSERT_TRUE(third.ok());
  EXPECT_EQ(second->id(), first->id() + "-2");
  EXPECT_EQ(third->id(), first->id() + "-3");
  EXPECT_EQ(Artifacts::reopen(root.path(), second->id())->folder(), second->folder());
}

TEST(Artifacts, AFileInTheWayIsAnError) {
  Folder root;
  std::ofstream(root / "runs") << "x";
  const auto artifacts = Artifacts::create(root.path(), "minimal", {"a"}, kNow);
  ASSERT_FALSE(artifacts.ok());
  EXPECT_FALSE(artifacts.error().fix.empty());
}

// A mount that root itself cannot write to, or cannot fill beyond `options`.
class MountedFolder : public ::testing::Test {
 protected:
  bool mount_tmpfs(const char* options, unsigned long flags = 0) {
    mounted_ = mount("tmpfs", folder_.path().c_str(), "tmpfs", flags, options) == 0;
    return mounted_;
  }
  void TearDown() override {
    if (mounted_) umount2(folder_.path().c_str(), MNT_DETACH);
  }
  Folder folder_;
  bool mounted_ = false;
};

TEST_F(MountedFolder, ReadOnlyIsAClearError) {
  if (!mount_tmpfs("size=1m", MS_RDONLY)) GTEST_SKIP() << "cannot mount: " << strerror(errno);
  const auto artifacts = Artifacts::create(folder_.path(), "minimal", {"a"}, kNow);
  ASSERT_FALSE(artifacts.ok());
  EXPECT_NE(artifacts.error().message().find("Read-only"), std::string::npos)
      << artifacts.error().message();
  EXPECT_NE(artifacts.error().fix.find("--artifacts"), std::string::npos);
}

TEST_F(MountedFolder, AFullDiskIsAClearErrorAndTheOldFileStays) {
  if (!mount_tmpfs("size=64k")) GTEST_SKIP() << "cannot mount: " << strerror(errno);
  const auto artifacts = Artifacts::create(folder_.path(), "minimal", {"a"}, kNow);
  ASSERT_TRUE(artifacts.ok());
  const auto file = artifacts->folder() / "x";
  ASSERT_TRUE(write_whole_file(file, "old").ok());
  const auto done = write_whole_file(file, std::string(1 << 20, 'x'));
  ASSERT_FALSE(done.ok());
  EXPECT_NE(done.error().message().find("No space"), std::string::npos) << done.error().message();
  EXPECT_EQ(contents(file), "old");
  const std::filesystem::directory_iterator entries(artifacts->folder());
  EXPECT_EQ(std::distance(begin(entries), end(entries)), 1) << "a draft was left behind";
}

bool mentions(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST(Report, HasEverythingAReaderNeeds) {
  const std::string text = report_markdown(sample_run(), {sample_target()}, RunState::finished);
  EXPECT_LT(text.find("2.100 times faster"), text.find("## Results")) << "the verdict comes first";
  for (const char* part : {"## Three clocks", "## Calibration", "## Accuracy", "## Environment",
                           "sums of 4096 terms", "0.625", "2 of 4096", "no cpufreq", "a \\| b",
                           "signal 11", "6.000 µs (12.00 µs)", "interval", "3.000 MiB"})
    EXPECT_TRUE(mentions(text, part)) << part;
  EXPECT_TRUE(mentions(text, "aisp bench run -t ch01:gemm --note 'it'\\''s' --key 00ff17")) << text;
}

TEST(Report, OfAnUnfinishedRunSaysSoAndKeepsTheKey) {
  RunInfo run = sample_run();
  run.finished_at.clear();
  const std::string text = report_markdown(run, {}, RunState::interrupted);
  EXPECT_TRUE(mentions(text, "**interrupted**"));
  EXPECT_FALSE(mentions(text, "00ff17"));
}

TEST(Report, AnOldKeyIsReplaced) {
  RunInfo run = sample_run();
  run.argv = {"aisp", "bench", "run", "--key", "aa", "--key=bb"};
  const std::string text = report_markdown(run, {}, RunState::finished);
  EXPECT_TRUE(mentions(text, "aisp bench run --key 00ff17\n"));
}

}  // namespace
}  // namespace aisp
