#include "judge/device_environment.h"

#include <fmt/format.h>

#include <algorithm>

namespace aisp {
namespace {

Finding finding(const char* guard, FindingStatus status, std::string message, bool required) {
  return {guard, status, FindingKind::environment, std::move(message), required};
}

Finding processes_finding(const std::vector<int>& others, const std::string& unknown, bool strict) {
  constexpr const char* kGuard = "gpu processes";
  if (!unknown.empty())
    return finding(kGuard, FindingStatus::not_run,
                   "whether others use the GPU cannot be told: " + unknown, strict);
  if (others.empty())
    return finding(kGuard, FindingStatus::pass, "no other process was seen on the GPU", strict);
  return finding(
      kGuard, FindingStatus::fail,
      fmt::format("{} other process{} on the GPU ({}): they take its memory, caches and "
                  "clocks while it is timed",
                  others.size(), others.size() == 1 ? " is" : "es are", fmt::join(others, ", ")),
      strict);
}

// "1980 MHz (1755 to 1980)"; empty when nothing was read.
std::string range_text(const char* what, const DeviceState::Range& range, const char* unit) {
  if (range.median < 0) return {};
  std::string text = fmt::format("{} {:.0f} {}", what, range.median, unit);
  if (range.min != range.max) text += fmt::format(" ({:.0f} to {:.0f})", range.min, range.max);
  return text;
}

}  // namespace

std::vector<Finding> sharing_findings(const DeviceSharing& sharing, bool strict) {
  constexpr const char* kGuard = "gpu sharing";
  std::vector<std::string> shared;
  if (!sharing.mps.empty())
    shared.push_back("MPS runs the work of several processes at once (" + sharing.mps +
                     "); end it with: echo quit | nvidia-cuda-mps-control");
  if (sharing.divided)
    shared.push_back(
        "the GPU is divided into instances (MIG), which share memory bandwidth; "
        "nvidia-smi -mig 0");
  if (sharing.exclusive)
    shared.push_back(
        "its compute mode is exclusive, so that no worker can start beside the judge; "
        "nvidia-smi -c DEFAULT");
  std::vector<Finding> findings;
  findings.push_back(shared.empty() ? finding(kGuard, FindingStatus::pass,
                                              "no MPS, no instances, no exclusive mode", strict)
                                    : finding(kGuard, FindingStatus::fail,
                                              fmt::format("{}", fmt::join(shared, "; ")), strict));
  findings.push_back(processes_finding(sharing.others, sharing.others_unknown, strict));
  return findings;
}

std::vector<Finding> unwatched_findings(const std::string& why, bool strict) {
  std::vector<Finding> findings;
  for (const char* guard : {"gpu sharing", "gpu processes", "gpu state"})
    findings.push_back(
        finding(guard, FindingStatus::not_run, "nobody watches the GPU: " + why, strict));
  return findings;
}

std::vector<Finding> state_findings(const DeviceState& state, bool strict) {
  constexpr const char* kGuard = "gpu state";
  std::vector<Finding> findings;
  if (state.samples == 0) {
    findings.push_back(finding(kGuard, FindingStatus::not_run, "NVML was not read yet", false));
  } else {
    std::vector<std::string> parts;
    for (const std::string& part :
         {range_text("cores", state.core_mhz, "MHz"), range_text("memory", state.memory_mhz, "MHz"),
          range_text("power", state.power_w, "W"),
          range_text("temperature", state.temperature_c, "°C"),
          range_text("utilization", state.utilization_percent, "%")})
      if (!part.empty()) parts.push_back(part);
    if (state.energy_j >= 0) parts.push_back(fmt::format("{:.0f} J together", state.energy_j));
    const std::string read = fmt::format("{} samples: {}", state.samples, fmt::join(parts, ", "));
    if (state.slowed_samples == 0)
      findings.push_back(
          finding(kGuard, FindingStatus::pass, read + "; clocks were never held down", false));
    else
      findings.push_back(
          finding(kGuard, FindingStatus::fail,
                  fmt::format("{}; clocks were held down in {} of them ({}): see `throttling` of "
                              "each implementation",
                              read, state.slowed_samples, state.slowed_by),
                  false));
  }
  findings.push_back(processes_finding(state.others, state.others_unknown, strict));
  return findings;
}

Finding activity_finding(const std::vector<std::string>& notes) {
  std::string missing;
  for (const std::string& note : notes)
    if (note.find("CUPTI") != std::string::npos) missing += (missing.empty() ? "" : "; ") + note;
  if (missing.empty())
    return finding("activity", FindingStatus::pass, "CUPTI records what the GPU runs", false);
  return finding("activity", FindingStatus::not_run,
                 missing +
                     ". Claims are times between events, which show no other stream. Install "
                     "CUPTI of CUDA 13 (libcupti.so.13, package cuda-cupti-13-0), or name it "
                     "in AISP_CUPTI_LIBRARY",
                 false);
}

void replace_findings(std::vector<Finding>& all, std::vector<Finding> newer) {
  for (Finding& finding : newer) {
    const auto old = std::find_if(all.begin(), all.end(),
                                  [&](const Finding& f) { return f.guard == finding.guard; });
    if (old == all.end())
      all.push_back(std::move(finding));
    else
      *old = std::move(finding);
  }
}

}  // namespace aisp
