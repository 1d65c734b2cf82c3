// What follows from a refusal: nothing but the report (detect), being kept out of performance results
// until a verification passes (quarantine), and a failing exit code too (gate).
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/exit_code.h"
#include "judge/judge.h"
#include "judge/result.h"
#include "ledger/ledger.h"
#include "ledger/quarantine.h"

namespace aisp::cli {

class Phases {
 public:
  // `phase`: "" (what a refusal means without phases: exit code 1), "detect", "quarantine", "gate".
  // The last two need the ledger of `artifacts`, which is made where there is none.
  static Result<Phases> open(const std::string& phase, const std::string& artifacts);

  // Before a run: takes those out of `contestants` that are in quarantine, and says so in rows of their
  // own. Error: the store is damaged, or it is the baseline.
  Result<std::vector<ImplementationResult>> keep_out(
      const std::string& target, std::vector<Contestant>& contestants,
      const std::map<std::string, std::string>& hashes);
  // After it: who was refused goes in and loses the numbers; who passed a verification comes out.
  Status settle(const std::string& run, bool verification, TargetResult& result);

  ExitCode exit_code(ExitCode code) const;

 private:
  bool keeps() const { return ledger_ != nullptr; }

  std::string phase_;
  std::unique_ptr<Ledger> ledger_;
  bool anyone_kept_out_ = false;
};

}  // namespace aisp::cli
