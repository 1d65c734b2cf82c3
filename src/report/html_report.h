// One page that explains recorded verdicts: self-contained HTML, and the same as JSON
// (schemas/verify_report.schema.json).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "judge/result.h"
#include "judge/run_info.h"
#include "ledger/result_json.h"

namespace aisp {

// A target's result with its windows, and the run that it is of.
struct RecordedTarget {
  RunInfo run;
  TargetResult result;
};

// Whose peaks results are placed against.
struct NamedPeaks {
  std::string name;             // "NVIDIA H100 SXM"
  double flops_per_second = 0;  // zero = not known
  std::string flops_dtype;      // "bf16, dense"
  double bytes_per_second = 0;
  std::string source;
};

struct VerifyReport {
  std::string generated_at;
  std::string version;
  std::string ledger;
  std::string gpu;  // --gpu, as it was typed; empty = the peaks of the machine that measured
  std::vector<RecordedTarget> targets;
  std::vector<std::optional<NamedPeaks>> peaks;  // one for each target, where `gpu`
};

// No script and nothing from outside: what implementations said cannot become markup.
std::string verify_report_html(const VerifyReport& report);
Json verify_report_json(const VerifyReport& report);

}  // namespace aisp
