// The append-only record of runs, raw samples, findings and verdicts: one SQLite file.
//
// What record_target() has answered with success survives `kill -9` and a power cut; what it has
// not is there in full or not at all. WAL with synchronous=FULL: one more fsync per target than
// NORMAL, which would lose the last targets in a power cut. 2000 windows took 8 ms, and 28 to 40 ms
// on a busy machine (bench/ledger_cost).
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "judge/result.h"
#include "judge/run_info.h"
#include "ledger/names.h"
#include "ledger/process_identity.h"

namespace aisp {

class Database;

// Several processes may have the same ledger open and record at once. One Ledger is not for use by
// two threads at once.
class Ledger {
 public:
  // Opens the ledger at `path`, or makes one (and its folder) where there is nothing. Checks all of
  // it but the windows (check() reads those too), and marks runs whose process is gone as
  // interrupted. Errors, none of which changes the file: not a ledger, damaged, written by a newer
  // version, not writable, disk full.
  static Result<Ledger> open(const std::string& path);
  Ledger(Ledger&&) noexcept;
  Ledger& operator=(Ledger&&) noexcept;
  ~Ledger();

  const std::string& path() const;

  // Records the run as running in this process. The key is left out until the run ends: a worker
  // that got to read the file must not learn it. Error: the id is there already.
  Status begin_run(const RunInfo& run);
  // Takes up an interrupted run in this process, under its old id. Error: not interrupted.
  Status resume_run(const std::string& run);
  // What is to be done in the run. Targets that are planned already, or done, are left as they are.
  Status plan_targets(const std::string& run, const std::vector<std::string>& targets,
                      const std::string& device = "cpu");
  // Records one target in one transaction: windows, findings, verdicts, result, and that it is
  // done. Error: done already, or no such run.
  Status record_target(const std::string& run, const TargetResult& result);
  // The run ends: with everything done, or early on purpose (Ctrl-C, time limit). The manifest is
  // recorded anew, with its key.
  Status finish_run(const RunInfo& run);
  Status interrupt_run(const RunInfo& run);
  // Runs that are `running` although their process is gone become `interrupted`. open() does it
  // too.
  Status mark_interrupted();

  // Runs by state, newest first.
  Result<std::vector<std::string>> runs(RunState state);
  Result<std::vector<std::string>> interrupted_runs() { return runs(RunState::interrupted); }
  Result<RunState> run_state(const std::string& run);
  Result<RunInfo> run_info(const std::string& run);
  // Error: there is none.
  Result<RunInfo> latest_interrupted_run();
  // In the order in which they were planned.
  Result<std::vector<std::string>> remaining_targets(const std::string& run,
                                                     const std::string& device = "cpu");
  // Every target that is done, in the order in which they were planned, with all that was recorded
  // of it except the windows.
  Result<std::vector<TargetResult>> results(const std::string& run);
  // Where the latest result of each target and device is, by target.
  struct Place {
    std::string run, target, device;
  };
  Result<std::vector<Place>> latest_targets();
  // What is done of one run, in the order in which it was planned.
  Result<std::vector<Place>> targets_of(const std::string& run);
  // One target with all that was recorded of it, windows too.
  Result<TargetResult> whole_result(const Place& place);
  // The raw windows of one implementation, in the order in which they were measured.
  Result<std::vector<Window>> windows(const std::string& run, const std::string& target,
                                      const std::string& implementation,
                                      const std::string& device = "cpu");

  // Reads the whole file: SQLite's integrity check, foreign keys, and that every target that is
  // done has all the verdicts and windows that its result speaks of.
  Status check();

 private:
  friend class Quarantine;
  explicit Ledger(std::unique_ptr<Database> database, ProcessIdentity process);
  Status end_run(const RunInfo& run, RunState state);

  std::unique_ptr<Database> database_;
  ProcessIdentity process_;
};

}  // namespace aisp
