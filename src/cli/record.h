// Where a run is kept: the ledger, which is the record, and the folder of files that people read.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "judge/result.h"
#include "judge/run_info.h"
#include "ledger/ledger.h"
#include "report/artifacts.h"

namespace aisp::cli {

class Record {
 public:
  // Checks that `root` can be written and has room, and opens (or makes) its ledger.
  static Result<Record> open(const std::filesystem::path& root);

  // A new run of `targets`; sets run.id.
  Status begin(RunInfo& run, const std::vector<std::string>& targets);
  // Takes up an interrupted run ("" = the latest): its manifest.
  Result<RunInfo> resume(const std::string& id);
  Result<std::vector<std::string>> remaining(const std::string& id) {
    return ledger_.remaining_targets(id);
  }
  Result<std::vector<TargetResult>> results(const std::string& id) { return ledger_.results(id); }

  // A target is done; `all` are the results so far.
  Status add(const RunInfo& run, const TargetResult& result, const std::vector<TargetResult>& all);
  // The run ends, finished or interrupted.
  Status end(const RunInfo& run, const std::vector<TargetResult>& all, RunState state);

  std::filesystem::path folder() const { return artifacts_->folder(); }

 private:
  Record(std::filesystem::path root, Ledger ledger)
      : root_(std::move(root)), ledger_(std::move(ledger)) {}

  std::filesystem::path root_;
  Ledger ledger_;
  std::optional<Artifacts> artifacts_;
};

}  // namespace aisp::cli
