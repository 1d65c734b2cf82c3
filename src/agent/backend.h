// What one kind of device does for the agent: it finds the buffers, makes the calls of a window, and
// says afterwards what the device recorded of them. The agent knows no device beyond this.
#pragma once

#include <time.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "aisp/implementation.h"
#include "base/result.h"
#include "worker/lockdown.h"
#include "worker/protocol.h"

namespace aisp::agent {

// CLOCK_MONOTONIC in nanoseconds, as the judge's.
inline std::int64_t now_ns() {
  timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return static_cast<std::int64_t>(t.tv_sec) * 1'000'000'000 + t.tv_nsec;
}

struct Regions {
  std::byte* inputs = nullptr;  // addresses of the device; null where the region has no bytes
  std::byte* outputs = nullptr;
  std::byte* host_inputs =
      nullptr;  // of the host, the same for a GPU that they are registered with
  std::byte* host_outputs = nullptr;
};

// One window: `calls` calls, the i-th with launches[plan[i]]. `plan` lies in the page of orders.
struct WindowOrder {
  const std::uint32_t* plan;
  std::uint32_t calls;
  std::uint32_t sets;   // plan[i] must be below
  std::uint32_t flags;  // protocol::OrderFlag
  const aisp_launch* launches;
  int (*run)(const aisp_launch*, void*);
  void* state;
  protocol::Claim* claims;
};

struct WindowEnd {
  protocol::Status status = protocol::Status::ok;
  std::uint32_t calls_done = 0;
  std::string message;  // why not ok
};

class Backend {
 public:
  virtual ~Backend() = default;

  // What the system call filter has to leave open for this device.
  virtual LockdownProfile lockdown_profile() const = 0;
  // Opens the device and maps the regions behind descriptors kInputsFd and kOutputsFd. Runs when
  // Landlock is on and the system call filter is not; everything that needs more than the filter
  // allows happens here.
  virtual Result<Regions> open(const protocol::Orders& orders) = 0;
  // What `open` found missing, a line each.
  virtual std::string notes() const { return {}; }
  virtual void* stream() const { return nullptr; }  // aisp_launch::stream
  // Prepares `sets` sets, and an order with `flags`, so that neither costs time within a window.
  virtual Status populate(const protocol::Orders& orders, std::uint32_t sets,
                          std::uint32_t flags) = 0;
  // For orders with kReplayGraph: captures what `call` asks of the device for each of `launches` that was not
  // captured yet; nothing of it is executed. The error says why it cannot be captured.
  virtual Status capture(std::span<const aisp_launch> launches,
                         int (*call)(const aisp_launch*, void*), void* state) {
    static_cast<void>(launches);
    static_cast<void>(call);
    static_cast<void>(state);
    return Error{"capture a graph", "", "this device has no graphs", ""};
  }
  // All calls of a window, complete on return: nothing that they caused is still running.
  virtual WindowEnd run(const WindowOrder& order) = 0;
  // Writes what the device recorded of the last window.
  virtual void collect(protocol::Answers& answers) = 0;
  // Complete what setup or teardown began; an error of the device that they caused.
  virtual Status finish() { return success(); }
};

std::unique_ptr<Backend> make_cpu_backend();
// Null in builds without CUDA.
std::unique_ptr<Backend> make_cuda_backend();

// The loop of a window. `Marks` is a class with `bool before(i)` and `bool after(i)`, outside of the
// claimed time and inlined: the claim of a call is two clock reads around it and nothing else.
template <class Marks>
WindowEnd run_calls(const WindowOrder& order, Marks&& marks) {
  const auto run = order.run;
  for (std::uint32_t i = 0; i < order.calls; ++i) {
    const std::uint32_t set = order.plan[i];
    if (set >= order.sets) return {protocol::Status::bad_order, i, "there is no such set"};
    const aisp_launch& launch = order.launches[set];
    if (!marks.before(i)) return {protocol::Status::call_failed, i, {}};
    order.claims[i].start_ns = now_ns();
    const int code = run(&launch, order.state);
    order.claims[i].end_ns = now_ns();
    if (code != 0) {
      return {protocol::Status::call_failed, i,
              "run returned " + std::to_string(code) + " in call " + std::to_string(i + 1) +
                  " of " + std::to_string(order.calls)};
    }
    if (!marks.after(i)) return {protocol::Status::call_failed, i, {}};
  }
  return {protocol::Status::ok, order.calls, {}};
}

}  // namespace aisp::agent
