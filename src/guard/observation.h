// Everything that was recorded about one implementation in one target. Guards are pure functions of
// this, so they are tested on made-up recordings and replayed from a stored run.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "verify/compare.h"

namespace aisp {

// Why a window was run. Workers are told of the last two, whose agent does something else there, and of no others.
// alone: one call, where timed windows hold several; for comparison, and verified like them.
// one_by_one: as a timed one, but the device is waited for after each call. Not on a CPU.
// plain: as a timed one, or one of one call, but nothing is recorded and no mark lies between calls; verified. Not on a CPU.
enum class WindowKind { pilot, timed, replay, probe, alone, one_by_one, plain };

// One window: GO, n calls on n sets of buffers, DONE, stopped. All times in nanoseconds.
struct Window {
  int round = 0;
  int process =
      -1;  // the how manieth of its implementation, from 0; -1: it has one for all windows
  int position = 0;  // place in the round's order
  WindowKind kind = WindowKind::timed;
  int calls = 0;
  std::int64_t started_ns = 0;     // CLOCK_MONOTONIC of the judge at GO
  std::int64_t sealed_ns = 0;      // GO to stop confirmed, all threads
  std::int64_t done_ns = 0;        // GO to DONE seen by the judge
  std::int64_t claim_ns = 0;       // sum of the worker's own per-call times; may be forged
  std::int64_t claim_span_ns = 0;  // the worker's first start to last end
  std::int64_t claim_min_ns = 0;   // shortest call claimed
  bool claim_sane = true;          // claims are ordered, non-negative, inside the window
  // How a hand-over is made up, from GO on; the first is the judge's, the others are what the worker tells.
  std::int64_t resumed_ns = 0;  // the signal that resumes it was sent
  std::int64_t awake_ns = 0;    // it saw the order
  std::int64_t lead_ns = 0;     // it began the first call
  std::int64_t host_ns = 0;     // sum of the times that the worker's host thread was within calls
  // What the device recorded of it, as the worker tells; <0 unknown. None on a CPU.
  bool device_claim_sane = true;       // possible within the window that the judge saw
  std::int64_t device_ns = -1;         // sum of the calls' times between events
  std::int64_t activity_ns = -1;       // sum of the calls' times with work running, any stream
  std::int64_t activity_span_ns = -1;  // the same from first start to last end of each call
  std::int64_t device_busy_ns = -1;    // time with work running, caused by a call or not
  std::uint64_t kernels = 0, copies = 0, memsets = 0, graphs = 0;  // seen by CUPTI
  std::uint32_t streams = 0;          // different ones that these ran on
  std::uint32_t strays = 0;           // of these, what no call of the window asked for
  std::uint32_t records_dropped = 0;  // what CUPTI lost
  bool host_functions =
      false;        // it says that its streams run functions of the host, which leave no records
  int slowed = -1;  // were the device's clocks held down meanwhile: 1, 0; -1 = unknown
  std::uint64_t device_bytes = 0;    // device memory of the worker after the stop; 0 = unknown
  std::int64_t cpu_ns = 0;           // CPU time of the worker inside the window
  std::int64_t cpu_outside_ns = 0;   // CPU time that passed since the previous stop; should be zero
  int threads = 0;                   // threads of the worker after the stop
  std::uint64_t resident_bytes = 0;  // private memory of the worker after the stop
  std::int64_t steal_ns = 0;    // time that the hypervisor took from this machine in the window
  int calls_verified = 0;       // calls whose every output element was compared
  int calls_wrong = 0;          // calls with a mismatch, violated invariant or damaged band
  int calls_by_reference = 0;   // of those verified, how many against the reference
  bool poison_intact = true;    // outputs were still poisoned right before GO
  std::int64_t prepare_ns = 0;  // how long the device took to prepare it; 0 = unknown
};

// A look at the outputs while a window of several calls was stopped half-way. The plan's order is the
// order of the calls; an honest worker touches one set after the other, and none of them again.
struct ProgressProbe {
  int calls = 0;
  std::int64_t elapsed_ns = 0;  // GO to the stop in the middle
  std::int64_t active_ns = 0;  // GO to stop confirmed, without the time it stood still for the look
  std::int64_t cpu_elapsed_ns = 0;  // the worker's CPU time until the stop in the middle …
  std::int64_t cpu_ns = 0;          // … and in the whole window
  bool in_the_middle = false;  // the worker had not said DONE yet, and a window was not to be over
  int touched = 0;             // sets that were no longer all poison
  int complete = 0;            // of those, how many did not change any more until DONE
  int ahead = 0;               // touched although an earlier one was not
  int reopened = 0;            // changed after a later one had been touched
  // Inputs of calls that could not have begun were replaced while it stood still.
  int swapped = 0;        // of these, calls whose outputs the reference judged afterwards
  int stale = 0;          // right for the inputs that had been replaced
  int swapped_wrong = 0;  // right for neither
};

// The judge's first work on a device after a window of this implementation: was it alone there?
struct DeviceLook {
  std::int64_t took_ns = 0;
  std::int64_t expected_ns = 0;  // the same work before any worker was there
  bool slow = false;             // took much longer
  bool quiet_before = true;      // the look before the window was not slow
  int slow_after = 0;  // looks that were slow one after the other right after this one, anybody's
};

// Outputs outside of which something was written.
struct BandDamage {
  std::string tensor;
  std::int64_t offset_bytes = 0;  // from the tensor's first byte; negative = before it
  int set = 0;
};

// How the worker ended, if it did before its time. `over_budget`: the judge let it go because its
// windows had taken as long as one implementation may take, which is no fault of it. `not_capturable`:
// graphs were to be replayed and its run cannot be captured, which is none either. `not_started`: the judge could
// not start a process for it, nor any of its code.
enum class WorkerEnd {
  alive,
  exited,
  killed,
  hung,
  failed_call,
  failed_setup,
  failed_load,
  over_budget,
  not_capturable,
  not_started
};

// What the null implementation (trusted, does nothing, same sandbox, same protocol) costs here.
struct Calibration {
  double handover_ns = 0;  // median GO to DONE of a one-call window
  double handover_p99_ns = 0;
  double sealed_ns = 0;          // median GO to stop confirmed of a one-call window
  double sealed_mad_ns = 0;      // median absolute deviation of the same
  double per_call_ns = 0;        // what one more call in a window costs the agent
  double claim_overhead_ns = 0;  // what the agent claims for a call that does nothing
  int windows = 0;
  double alone_ns =
      0;  // sealed_ns of windows of one call that follow another window (WindowKind::alone); 0 = there is none
  // Waking a thread that sleeps on another processor, see thread_wake_ns(); 0 = unknown.
  double wake_ns = 0;
  // Of per_call_ns, what is the judge's own work and nobody can save: the copy of a call's outputs (device).
  double frozen_call_ns = 0;
  // What the agent costs a window, beyond the hand-over and the calls: who takes its place saves that. Not below what was
  // measured elsewhere.
  double agent_window_ns = 0;
  // On a device, where the null implementation works for a known time that is not counted in any of this:
  double added_call_ns = 0;  // what one more call costs, by timed windows of two sizes
  double resumed_ns = 0, awake_ns = 0, lead_ns = 0;  // medians of what a hand-over is made up of
  double host_call_ns = 0;        // what the host takes for one call of it and its marks
  double one_by_one_call_ns = 0;  // what a call costs in a window of that kind; 0 = unknown
  double plain_alone_ns = 0;      // sealed_ns of plain windows of one call; 0 = there is none
  double prepare_ns = 0;  // median time to prepare a window, largest timed ones; 0 = unknown
  double prepare_mad_ns = 0;
};

// Ceilings of this machine, measured. Zero = unknown.
struct MachinePeaks {
  double flops_per_second = 0;  // in the widest dtype that the problem could use
  double bytes_per_second = 0;  // memory
  std::string source;
  bool doubted =
      false;  // the baseline is faster than they allow: they were measured on a busy machine
};

struct OutputError {
  std::string name;
  std::string dtype;
  std::string tolerance;           // printable
  std::string why;                 // reason for a looser tolerance
  CompareStats against_reference;  // merged over all calls that the reference judged
  CompareStats against_baseline;   // merged over the others
  double baseline_error_rms = -1;  // baseline's own error against the reference; <0 unknown
  // max(rtol, rms) of the tolerance / rtol of Tolerance::for_dtype(dtype); 0 = exact or unknown.
  double tolerance_factor = 0;
};

struct Observation {
  std::string target;
  std::string implementation;
  bool is_baseline = false;
  bool on_device = false;   // it works on where its host stands still; claims are the device's
  double flops = 0;         // per call
  double least_flops = -1;  // by any algebra; negative: flops
  double bytes = 0;         // per call, least traffic
  double cold_bytes =
      0;  // of those, how many are flushed from the caches before each window, at the most

  Calibration calibration;
  MachinePeaks peaks;
  std::vector<Window> windows;
  std::vector<ProgressProbe> probes;
  std::vector<DeviceLook> device_looks;
  // How long the judge takes to copy a window's outputs once the baseline or the null implementation has said DONE, by kind and calls: the
  // larger of their medians, of three windows or more. Empty on a CPU.
  std::map<std::pair<WindowKind, int>, double> freeze_ns;
  std::vector<OutputError> outputs;
  std::vector<std::string> invariant_violations;  // first few
  std::int64_t calls_validated = 0;               // by the problem's `validate`, if it has one
  std::vector<BandDamage> band_damage;            // first few
  std::int64_t inputs_changed = 0;                // input bytes found different from what was drawn
  std::int64_t inputs_checked = 0;                // input bytes drawn a second time and compared
  bool read_only_inputs = true;                   // false: every input is in-out
  bool inputs_sealed = false;          // observed: the worker cannot get a writable mapping
  bool inputs_drawn_for_each = false;  // drawn anew for each of its windows, compared after each
  std::int64_t replays_compared = 0;   // calls repeated on equal inputs
  std::int64_t replays_different = 0;  // of those, how many differed in any bit
  double replay_max_ratio = 0;         // largest |difference| / allowed among them

  std::uint64_t memory_peak_bytes = 0;
  std::uint64_t device_memory_peak_bytes =
      0;  // of the worker's own, after setup and windows; 0 = unknown
  std::uint64_t memory_after_setup_bytes = 0;
  std::uint64_t memory_limit_bytes = 0;
  std::int64_t setup_ns = 0;
  WorkerEnd end = WorkerEnd::alive;
  std::string end_detail;   // "signal 11 (SIGSEGV) in round 3"
  std::string last_output;  // tail of what the worker printed
  // Of the first timed window whose device's times are impossible: what is. Empty: of none, on a CPU, in older runs.
  std::string impossible_claim;

  bool device_tells_clocks = false;  // a device of which `Window::slowed` should be known
  std::string device_unwatched;      // why it is not
  std::string device_slowed_by;      // "power cap"; over the whole run

  double foreign_load = 0;  // processors that others kept busy during the timed rounds, on average
  int processors = 0;       // that the worker may run on
  std::vector<std::string> isolation_missing;  // protections that are not active
  std::string config_hash_before;
  std::string config_hash_after;
};

}  // namespace aisp
