// Options as the ledger keeps them, and back: --resume goes on with what was in force.
#pragma once

#include <map>
#include <string>

#include "cli/options.h"

namespace aisp::cli {

using Config = std::map<std::string, std::string>;

// Everything that decides what is judged and how. Paths are absolute.
Config config_of(const RunOptions& options);

// `base` gives what is not in a config (format, quiet, artifacts).
RunOptions options_of(const Config& config, RunOptions base);

}  // namespace aisp::cli
