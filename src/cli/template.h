// `aisp bench template`.
#pragma once

#include "cli/exit_code.h"
#include "cli/options.h"

namespace aisp::cli {

ExitCode print_template(const TemplateOptions& options);

}  // namespace aisp::cli
