// The append-only record of runs, raw samples, findings and verdicts: one SQLite file.
//
// What record_target() has answered with success survives `kill -9` and a power cut; what it has
// not is there in full or not at all. WAL with synchronous=FULL: one more fsync per target than
// NORMAL, which would lose the last targets in a power cut. 2000 windows took 8 ms, and 28 to 40 ms
// on a busy machine (bench/ledger_cost).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "judge/result.h"
#include "judge/run_info.h"
#include "ledger/names.h"
#include "ledger/process_identity.h"

namespace aisp {

class Database;

// One implementation of one target in one run, as it was judged then.
struct HistoryEntry {
  std::string run;
  RunState state = RunState::finished;
  std::string started_at;
  std::string cpu_model, git_commit;  // of the manifest; empty = not in there
  std::string implementation;
  Part part = Part::optimized;
  std::optional<bool> correct, honest;
  std::optional<stats::Comparison> comparison;
  std::optional<stats::Interval> speedup, time_ns;
  std::string time_source;
};

// Several processes may have the same ledger open and record at once. One Ledger is not for use by
// two threads at once.
class Ledger {
 public:
  // Opens the ledger at `path`, or makes one (and its folder) where there is nothing. Checks all of
  // it but the windows (check() reads those too), and marks runs whose process is gone as
  // interrupted. Of a ledger with more than 200 targets only the newest are checked, so that opening
  // takes no longer as it grows: damage in older ones is met when they are read, and by check(). Errors, none of which changes the file: not a ledger, damaged, written by a newer
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
  // Of the newest `runs` runs that have recorded the target, the newest first, and of each all
  // implementations in the order in which they were recorded.
  Result<std::vector<HistoryEntry>> history(const std::string& target, const std::string& device,
                                            std::size_t runs);
  // The id that `name` means: an id, the beginning of one, "latest", or "latest~1" for the one
  // before. Error: none, or several.
  Result<std::string> find_run(const std::string& name);
  // The raw windows of one implementation, in the order in which they were measured.
  Result<std::vector<Window>> windows(const std::string& run, const std::string& target,
                                      const std::string& implementation,
                                      const std::string& device = "cpu");

  // Reads the whole file: SQLite's integrity check, foreign keys, that every target that is done has
  // all the verdicts and windows that its result speaks of, and every checksum. What is read by the
  // other functions is held against its checksum there and then.
  Status check();

 private:
  friend class Quarantine;
  explicit Ledger(std::unique_ptr<Database> database, ProcessIdentity process);
  Status check_contents();
  Status end_run(const RunInfo& run, RunState state);

  std::unique_ptr<Database> database_;
  ProcessIdentity process_;
};

}  // namespace aisp
