#include "judge/environment.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

namespace aisp {
namespace {

namespace fs = std::filesystem;

// A made-up /proc and /sys of a machine that has nothing wrong with it.
class Environment : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "aisp-environment-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    root_ = pattern;
    options_.root = root_;
    options_.hypervisor = false;
    put("sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "performance\n");
    put("sys/devices/system/cpu/intel_pstate/no_turbo", "1\n");
    put("proc/meminfo", "MemTotal: 1000000 kB\nSwapTotal: 500 kB\nSwapFree: 500 kB\n");
    put("sys/fs/cgroup/cpu.max", "max 100000\n");
    put("sys/fs/cgroup/memory.max", "max\n");
    put("sys/devices/system/node/online", "0\n");
    put("proc/stat", "cpu  100 0 100 800 0 0 0 0 0 0\ncpu0 1 1 1 1\n");
    put("proc/loadavg", "0.10 0.20 0.30 1/100 1234\n");
    put("sys/kernel/mm/transparent_hugepage/enabled", "always [madvise] never\n");
    put("sys/devices/system/cpu/isolated", "\n");
  }
  void TearDown() override { fs::remove_all(root_); }

  void put(const std::string& file, const std::string& text) {
    fs::create_directories((root_ / file).parent_path());
    std::ofstream(root_ / file) << text;
  }
  void drop(const std::string& file) { fs::remove(root_ / file); }

  Finding look(const std::string& guard) {
    for (const Finding& finding : probe_environment(options_))
      if (finding.guard == guard) return finding;
    ADD_FAILURE() << "no finding of " << guard;
    return {};
  }
  FindingStatus status(const std::string& guard) { return look(guard).status; }

  fs::path root_;
  EnvironmentOptions options_;
};

constexpr auto kFine = FindingStatus::pass;
constexpr auto kBad = FindingStatus::fail;
constexpr auto kUnknown = FindingStatus::not_run;

TEST_F(Environment, AFineMachineHasNothingToReport) {
  const auto findings = probe_environment(options_);
  EXPECT_EQ(findings.size(), 11u);
  for (const Finding& finding : findings) {
    EXPECT_EQ(finding.status, kFine) << finding.guard << ": " << finding.message;
    EXPECT_EQ(finding.kind, FindingKind::environment);
    EXPECT_FALSE(finding.required);
  }
}

TEST_F(Environment, WhatCannotBeReadIsUnknownAndNeverFine) {
  fs::remove_all(root_);
  fs::create_directories(root_);
  for (const Finding& finding : probe_environment(options_)) {
    if (finding.guard == "virtualization") continue;  // asks the processor, not a file
    EXPECT_EQ(finding.status, kUnknown) << finding.guard << ": " << finding.message;
  }
}

TEST_F(Environment, WhatIsNotUnderstoodIsUnknown) {
  for (const char* file :
       {"proc/meminfo", "sys/fs/cgroup/cpu.max", "sys/fs/cgroup/memory.max", "proc/stat",
        "proc/loadavg", "sys/kernel/mm/transparent_hugepage/enabled"})
    put(file, "rubbish");
  for (const char* guard :
       {"swap", "cpu quota", "memory limit", "steal time", "load", "huge pages"})
    EXPECT_EQ(status(guard), kUnknown) << guard;
}

TEST_F(Environment, EveryBadStateIsSeen) {
  put("sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "powersave\n");
  put("sys/devices/system/cpu/intel_pstate/no_turbo", "0\n");
  put("proc/meminfo", "MemTotal: 1000000 kB\nSwapTotal: 5000 kB\nSwapFree: 100 kB\n");
  put("sys/fs/cgroup/cpu.max", "150000 100000\n");
  put("sys/fs/cgroup/memory.max", "104857600\n");
  put("sys/devices/system/node/online", "0-1\n");
  put("proc/stat", "cpu  100 0 100 700 0 0 0 100 0 0\n");
  put("proc/loadavg", "3.50 0.20 0.30 1/100 1234\n");
  for (const char* guard :
       {"governor", "turbo", "swap", "cpu quota", "memory limit", "numa", "steal time", "load"})
    EXPECT_EQ(status(guard), kBad) << guard;
  EXPECT_NE(look("cpu quota").message.find("1.50 CPUs"), std::string::npos);
  EXPECT_NE(look("steal time").message.find("10.00 %"), std::string::npos);
}

TEST_F(Environment, BoostCountsAsTurbo) {
  drop("sys/devices/system/cpu/intel_pstate/no_turbo");
  put("sys/devices/system/cpu/cpufreq/boost", "1\n");
  EXPECT_EQ(status("turbo"), kBad);
  put("sys/devices/system/cpu/cpufreq/boost", "0\n");
  EXPECT_EQ(status("turbo"), kFine);
}

TEST_F(Environment, ControlGroupsOfVersionOne) {
  drop("sys/fs/cgroup/cpu.max");
  drop("sys/fs/cgroup/memory.max");
  put("sys/fs/cgroup/cpu/cpu.cfs_quota_us", "-1\n");
  put("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
  EXPECT_EQ(status("cpu quota"), kFine);
  EXPECT_EQ(status("memory limit"), kFine);
  put("sys/fs/cgroup/cpu/cpu.cfs_quota_us", "50000\n");
  EXPECT_EQ(status("cpu quota"), kUnknown);  // no period
  put("sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n");
  EXPECT_EQ(status("cpu quota"), kBad);
}

TEST_F(Environment, VirtualizationIsRequiredOnlyWhenStrict) {
  options_.hypervisor = true;
  EXPECT_EQ(status("virtualization"), kBad);
  EXPECT_EQ(environment_refusal(probe_environment(options_)), "");
  options_.strict = true;
  EXPECT_NE(environment_refusal(probe_environment(options_)).find("virtual machine"),
            std::string::npos);
  options_.allow_virtualization = true;
  EXPECT_EQ(status("virtualization"), kFine);
  EXPECT_EQ(environment_refusal(probe_environment(options_)), "");
}

}  // namespace
}  // namespace aisp
