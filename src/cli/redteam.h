// `aisp redteam`: runs the corpus of attacks and honest code, or shows a recorded run again.
#pragma once

#include <string>
#include <vector>

#include "cli/exit_code.h"
#include "cli/options.h"

namespace aisp::cli {

ExitCode run_redteam(const RedteamOptions& options, const std::vector<std::string>& argv);

}  // namespace aisp::cli
