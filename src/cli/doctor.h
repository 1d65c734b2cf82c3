// What `aisp doctor --json` prints.
#pragma once

#include <string>

namespace aisp::cli {

std::string doctor_json(const std::string& artifacts, const std::string& targets_dir);

}  // namespace aisp::cli
