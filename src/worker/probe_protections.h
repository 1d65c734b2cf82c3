// Which protections a worker would have here, seen by starting one.
#pragma once

#include <filesystem>
#include <vector>

#include "base/result.h"
#include "worker/sandbox.h"

namespace aisp {

// Starts a worker with an implementation that does nothing, reads back what it is protected by, and
// ends it. Error: it could not be started at all.
Result<std::vector<Protection>> probe_protections(const std::filesystem::path& agent,
                                                  const std::filesystem::path& null_implementation);

}  // namespace aisp
