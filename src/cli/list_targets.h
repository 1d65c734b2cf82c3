// `aisp bench list-targets`.
#pragma once

#include "cli/exit_code.h"
#include "cli/options.h"

namespace aisp::cli {

ExitCode list_targets(const ListOptions& options);

}  // namespace aisp::cli
