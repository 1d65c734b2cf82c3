// What of the machine makes numbers worse or unrepeatable, as findings of kind `environment`.
//
// Each probe knows three states: fine (pass), bad (fail), and unknown (not_run): what cannot be read
// is never fine.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "guard/finding.h"

namespace aisp {

struct EnvironmentOptions {
  // Before /proc and /sys: tests make trees of their own.
  std::filesystem::path root = "/";
  // The strict profile refuses what the portable one reports: the finding is required.
  bool strict = false;
  // AISP_ALLOW_VIRTUALIZATION=1.
  bool allow_virtualization = false;
  // CPUID's hypervisor bit; unset = ask the processor.
  std::optional<bool> hypervisor;
};

// Guards "governor", "turbo", "swap", "cpu quota", "memory limit", "numa", "steal time", "load",
// "virtualization", "huge pages", "isolated cpus".
std::vector<Finding> probe_environment(const EnvironmentOptions& options);

// A required finding that failed or did not run, as one sentence; empty = none.
std::string environment_refusal(const std::vector<Finding>& findings);

// AISP_ALLOW_VIRTUALIZATION is set to 1.
bool virtualization_allowed();

// The vendor string that CPUID gives for the hypervisor ("KVMKVMKVM"), empty on bare metal.
std::string hypervisor_vendor();

}  // namespace aisp
