#include "judge/device_environment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "judge/environment.h"

namespace aisp {
namespace {

using ::testing::HasSubstr;

Finding named(const std::vector<Finding>& findings, const std::string& guard) {
  for (const Finding& f : findings)
    if (f.guard == guard) return f;
  throw std::runtime_error("no finding " + guard);
}

TEST(DeviceEnvironment, AGpuOfOnesOwnIsFine) {
  for (const Finding& f : sharing_findings({}, true)) {
    EXPECT_EQ(f.status, FindingStatus::pass) << f.message;
    EXPECT_EQ(f.kind, FindingKind::environment);
  }
}

TEST(DeviceEnvironment, WhoSharesItIsNamed) {
  DeviceSharing sharing;
  sharing.mps = "its control pipe is there: /tmp/nvidia-mps/control";
  sharing.divided = sharing.exclusive = true;
  sharing.others = {4711};
  const auto findings = sharing_findings(sharing, false);
  const Finding how = named(findings, "gpu sharing");
  EXPECT_EQ(how.status, FindingStatus::fail);
  for (const char* word : {"/tmp/nvidia-mps/control", "MIG", "nvidia-smi -c DEFAULT"})
    EXPECT_THAT(how.message, HasSubstr(word));
  const Finding who = named(findings, "gpu processes");
  EXPECT_EQ(who.status, FindingStatus::fail);
  EXPECT_THAT(who.message, HasSubstr("4711"));
  EXPECT_TRUE(environment_refusal(findings).empty()) << "the portable profile reports";
  EXPECT_FALSE(environment_refusal(sharing_findings(sharing, true)).empty());
}

TEST(DeviceEnvironment, WhatCannotBeAskedIsNotFine) {
  DeviceSharing sharing;
  sharing.others_unknown = "the driver does not list them";
  EXPECT_EQ(named(sharing_findings(sharing, false), "gpu processes").status,
            FindingStatus::not_run);
  const auto findings = unwatched_findings("cannot open NVML (libnvidia-ml.so.1)", true);
  ASSERT_EQ(findings.size(), 3u);
  for (const Finding& f : findings) {
    EXPECT_EQ(f.status, FindingStatus::not_run);
    EXPECT_THAT(f.message, HasSubstr("libnvidia-ml.so.1"));
  }
  EXPECT_THAT(environment_refusal(findings), HasSubstr("libnvidia-ml.so.1"));
}

TEST(DeviceEnvironment, StateHasWhatWasRead) {
  DeviceState state;
  state.samples = 1234;
  state.core_mhz = {1755, 1980, 1980};
  state.power_w = {120, 210, 420};
  state.temperature_c = {41, 41, 41};
  state.energy_j = 812;
  const auto good = state_findings(state, false);
  const Finding fine = named(good, "gpu state");
  EXPECT_EQ(fine.status, FindingStatus::pass);
  EXPECT_EQ(fine.message,
            "1234 samples: cores 1980 MHz (1755 to 1980), power 210 W (120 to 420), temperature 41 "
            "°C, 812 J together; clocks were never held down");
  state.slowed_samples = 7;
  state.slowed_by = "power cap";
  const auto slowed = state_findings(state, false);
  EXPECT_EQ(named(slowed, "gpu state").status, FindingStatus::fail);
  EXPECT_THAT(named(slowed, "gpu state").message, HasSubstr("in 7 of them (power cap)"));
  EXPECT_EQ(named(state_findings({}, false), "gpu state").status, FindingStatus::not_run);
}

TEST(DeviceEnvironment, AMissingCuptiIsNamedWithWhatToDo) {
  EXPECT_EQ(activity_finding({"inputs are mapped writable: no"}).status, FindingStatus::pass);
  const Finding f =
      activity_finding({"no CUPTI: cannot open CUPTI (libcupti.so.13): no such file"});
  EXPECT_EQ(f.status, FindingStatus::not_run);
  EXPECT_THAT(f.message, HasSubstr("libcupti.so.13): no such file"));
  EXPECT_THAT(f.message, HasSubstr("cuda-cupti-13-0"));
  EXPECT_THAT(f.message, HasSubstr("AISP_CUPTI_LIBRARY"));
}

TEST(DeviceEnvironment, NewerFindingsTakeTheOldOnesPlace) {
  std::vector<Finding> all = sharing_findings({}, false);
  DeviceState state;
  state.samples = 1;
  state.others = {99};
  replace_findings(all, state_findings(state, false));
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(named(all, "gpu processes").status, FindingStatus::fail);
  EXPECT_EQ(all.back().guard, "gpu state");
}

}  // namespace
}  // namespace aisp
