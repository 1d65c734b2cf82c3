// `aisp bench run` and `aisp bench verify`.
#pragma once

#include <string>
#include <vector>

#include "cli/exit_code.h"
#include "cli/options.h"

namespace aisp::cli {

// `argv` goes into the manifest. Results on stdout, everything else on stderr.
ExitCode run_bench(const RunOptions& options, const std::vector<std::string>& argv);

}  // namespace aisp::cli
