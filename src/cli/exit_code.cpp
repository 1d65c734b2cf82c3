#include "cli/exit_code.h"

#include "report/verdict_text.h"

namespace aisp::cli {

ExitCode exit_code_of(const std::vector<TargetResult>& results) {
  bool any_error = false, any_proven = false;
  for (const TargetResult& target : results) {
    any_error |= !target.error.empty();
    bool baseline_holds = true;
    for (const ImplementationResult& row : target.implementations)
      baseline_holds &= row.part != Part::baseline || accepted(row);
    for (const ImplementationResult& row : target.implementations) {
      if (refused(row)) return ExitCode::refused;
      const bool compared = row.part == Part::optimized || row.part == Part::candidate;
      any_proven |= compared && accepted(row) && baseline_holds;
    }
  }
  if (any_error) return ExitCode::usage;
  return any_proven ? ExitCode::good : ExitCode::unproven;
}

}  // namespace aisp::cli
