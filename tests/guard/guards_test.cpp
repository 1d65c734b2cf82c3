#include <filesystem>
#include <map>
#include <set>

#include "recording.h"

namespace aisp::guard {
namespace {

using namespace testing;

TEST(Guards, AllPassAnHonestRecording) {
  const std::vector<Finding> findings = run_all(with_alone(12));
  EXPECT_EQ(findings.size(), 24u);
  for (const Finding& f : findings) expect_pass(f);
}

TEST(Guards, NothingRecordedIsNeverAPass) {
  for (const Finding& f : run_all(Observation{})) {
    // An empty list of missing protections is the one thing that cannot be told from a good one.
    if (f.guard == "isolation") continue;
    expect_not_run(f);
  }
}

TEST(Guards, EveryFileIsAGuardOfItsName) {
  std::set<std::string> guards;
  for (const Finding& f : run_all(with_alone(12))) guards.insert(f.guard);
  std::set<std::string> files;
  for (const auto& file : std::filesystem::directory_iterator(AISP_SOURCE_DIR "/src/guard"))
    if (file.path().extension() == ".cpp") files.insert(file.path().stem());
  for (const char* shared :
       {"guards", "window_times", "wording", "device_times", "device_claim", "device_slope"})
    EXPECT_EQ(files.erase(shared), 1u);
  EXPECT_EQ(guards, files);
}

TEST(Guards, OnlyTheseDoNotDecide) {
  std::set<std::string> optional;
  for (const Finding& f : run_all(with_alone(12)))
    if (!f.required) optional.insert(f.guard);
  EXPECT_EQ(optional,
            (std::set<std::string>{"alone", "memory", "slope", "isolation", "throttling"}));
}

}  // namespace
}  // namespace aisp::guard
