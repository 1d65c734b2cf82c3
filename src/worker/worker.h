// The judge's end of one worker: start it, tell it what to do, time a window, stop it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "aisp/problem.h"
#include "base/result.h"
#include "device/device.h"
#include "guard/observation.h"
#include "worker/sandbox.h"

namespace aisp {

struct WorkerSpec {
  std::filesystem::path agent;           // the aisp-agent executable
  std::filesystem::path implementation;  // shared object; becomes /aisp/implementation.so
  std::uint64_t memory_limit_bytes = 4ull << 30;
  int max_threads = 256;
  int handover_cpu = -1;  // CPU on which judge and agent meet; -1 = any
  double start_timeout_s = 10;
  DeviceAccess device;               // Device::worker_access()
  bool trace_refused_calls = false;  // name refused system calls in last_output(); for debugging
};

// What a worker does besides the calls. All but the last is about devices, and does nothing on a CPU.
struct WorkerMode {
  bool trace_activity = false;       // CUPTI's records, for claims; costs some time in each launch
  bool reset_persisting_l2 = false;  // before each window, in the worker's context
  bool sync_each_call = false;       // single calls in a window of several
  bool unmarked = false;             // nothing of the agent's between calls, and no device times
  bool replay_graph = false;    // calls are replays of graphs, which populate captures from then on
  bool hand_over_only = false;  // windows without calls, and without what the agent does about them
};

// How an order to the worker went.
struct OrderOutcome {
  bool ok = false;
  WorkerEnd end = WorkerEnd::alive;  // not `alive`: the worker is gone or of no more use
  std::string detail;                // "exited with status 0", "run returned 3 in call 1 of 8"
};

class Worker {
 public:
  virtual ~Worker() = default;

  // Waits until it is locked down and, on a GPU, has a context; once, before anything else. An error is one of the sandbox
  // or the agent: nothing of the implementation was loaded.
  virtual Status await_ready() { return success(); }
  // Loads the implementation and runs its setup.
  virtual OrderOutcome setup(double timeout_s) = 0;
  // Makes the first `sets` sets present in the worker's page table.
  virtual OrderOutcome populate(int sets) = 0;
  // One window: a call on each of plan's sets, in that order. Fills the clocks, claims
  // and memory of `window`; the worker is stopped when this returns, whatever happened.
  virtual OrderOutcome run(std::span<const std::uint32_t> plan, double timeout_s,
                           Window& window) = 0;
  // The same, but stops the worker `pause_ns` after GO, calls `look(in_the_middle)` while all of it
  // stands still, and lets it go on until DONE.
  virtual OrderOutcome run_with_pause(std::span<const std::uint32_t> plan, double timeout_s,
                                      std::int64_t pause_ns,
                                      const std::function<void(bool in_the_middle)>& look,
                                      Window& window) = 0;
  // From the next window on. Not timed.
  virtual OrderOutcome set_mode(const WorkerMode&) { return {true, WorkerEnd::alive, {}}; }
  // Fetches what the device recorded of the last window into `window`. The worker runs meanwhile, so
  // first the judge must have read all of its outputs. On a CPU it does nothing.
  virtual OrderOutcome collect_claims(Window&) { return {true, WorkerEnd::alive, {}}; }
  // The first half of it, which returns at once: the worker runs until collect_claims has waited for it. Meanwhile the judge
  // may look at nothing that the worker can reach, so at its own frozen copy and no inputs.
  virtual void begin_collecting() {}
  // For a device whose work goes on when its worker is stopped: called with the number of calls as soon
  // as a window's DONE is there; returns the clock when all outputs had been copied, where the sealed
  // time ends. The worker is told to stop before, and has stopped when run() returns.
  virtual void freeze_at_done(std::function<std::int64_t(int calls)>) {}
  // For a device that prepares a window on its own: called as the last thing before GO. Returns the clock from
  // which the window's times count, when the device had finished; 0 = GO itself.
  virtual void wait_before_go(std::function<std::int64_t()>) {}
  // Fills the CPU times of the window that ran last. They are settled some 20 µs after the stop, so
  // that the judge has time for other work in between; waits until then.
  virtual void settle(Window& window) = 0;
  virtual void quit() = 0;  // teardown, for implementations that want to say good-bye; bounded

  virtual std::int64_t setup_ns() const = 0;            // as measured by the judge
  virtual std::uint64_t memory_peak_bytes() const = 0;  // private memory, 0 = unknown
  virtual std::vector<Protection> protections() const = 0;
  // What the agent found missing before it loaded anything: "no CUPTI: …".
  virtual std::vector<std::string> notes() const { return {}; }
  virtual std::string last_output() = 0;  // tail of stdout and stderr
  // What is impossible in what a device recorded, of the window that was collected last; empty = nothing.
  virtual std::string impossible_claim() const { return {}; }
  virtual int pid() const = 0;  // 0 when in the judge's process
};

// A worker in its own sandboxed process, which comes up by itself: await_ready() is the next thing to call.
Result<std::unique_ptr<Worker>> launch_worker(const WorkerSpec& spec, const Problem& problem,
                                              const Buffers& buffers);
// The same, and waits until it is ready.
Result<std::unique_ptr<Worker>> start_worker(const WorkerSpec& spec, const Problem& problem,
                                             const Buffers& buffers);
// For debuggers only: the implementation in the judge's own process, trusted blindly. Nothing that
// comes out of it is a verdict.
Result<std::unique_ptr<Worker>> start_in_process(const WorkerSpec& spec, const Problem& problem,
                                                 const Buffers& buffers);

}  // namespace aisp
