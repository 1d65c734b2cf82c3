// What of a device makes numbers worse or unrepeatable, as findings of kind `environment`: beside those
// of the machine, environment.h.
#pragma once

#include <string>
#include <vector>

#include "device/device_watch.h"
#include "guard/finding.h"

namespace aisp {

// Before anything is judged: guards "gpu sharing" (MPS, instances, exclusive mode) and "gpu processes".
// `strict`: they are required, and so is that NVML can be asked.
std::vector<Finding> sharing_findings(const DeviceSharing& sharing, bool strict);
// In place of them where nobody can look; `why` says what is missing.
std::vector<Finding> unwatched_findings(const std::string& why, bool strict);

// So far: guards "gpu state" (clocks, power, temperature, energy, throttling) and "gpu processes".
std::vector<Finding> state_findings(const DeviceState& state, bool strict);

// Guard "activity", for each implementation: whether the agent could ask CUPTI for what the GPU ran.
// `notes` are the agent's, made before it loaded anything.
Finding activity_finding(const std::vector<std::string>& notes);

// Puts findings in the place of earlier ones of the same guard, or at the end.
void replace_findings(std::vector<Finding>& all, std::vector<Finding> newer);

}  // namespace aisp
