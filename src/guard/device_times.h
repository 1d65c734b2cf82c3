// What the guards of a device's clocks share: the times that it recorded against the judge's own.
#pragma once

#include <algorithm>

#include "guard/finding.h"
#include "guard/observation.h"

namespace aisp::guard {

// What is different from kernel to kernel and not noise: the first one of a window starts cold, to wait for a long
// one takes longer (14 to 26 µs a window, kernels of 1 and 10 ms in windows of one call), and what lies between two
// is more where the first one is large.
constexpr double kDeviceWindowNs = 25e3;
constexpr double kDeviceCallNs = 250;
// Of the honest kernels in docs/measurements/2026-11-26-h200-judge.md none differed by more of its time than this, once
// what a window may cost is taken off (10 ms: 25.8 µs, 50 ms: 43.9). Not enough to accuse by.
constexpr double kBelievedShare = 0.001;

// Medians over the largest timed windows, nanoseconds a call. A call that a GPU works on is over later than its
// host says, and its host may be busy longer than the GPU: a window takes as long as the longer of the two.
struct DeviceTimes {
  int calls = 0;      // of a window; 0 = nothing was timed
  double claim = 0;   // first start to last end of what a call caused, as the device recorded it
  double host = 0;    // the host thread within the call, as the worker tells
  double events = 0;  // between the events before and after it, as the worker tells; 0 = unknown
  bool host_functions = false;  // it says that its streams run functions of the host
  double sealed = 0;            // by the judge's clock, less the cost of a window
  double launching =
      0;  // least that the judge's clock can tell from nothing: launching hides what is shorter
  double noise = 0;      // three standard errors of sealed
  double tolerance = 0;  // by which the sealed time may exceed an honest claim
  bool sharp = true;     // its windows tell a call apart: they hold many, or it is long
  double believed_tolerance =
      0;  // by which it may exceed a claim that is reported; no more than the tolerance
  // From windows of two sizes; 0 calls apart = there is one size only, or too few windows of one of them.
  int apart = 0;
  double slope = 0;
  double slope_tolerance = 0;

  double bound()
      const;  // what the judge's clock can hold a claim to: the larger of claim and launching
  bool sealed_admits() const { return sealed - bound() <= tolerance; }
  bool slope_admits() const { return apart == 0 || slope - bound() <= slope_tolerance; }
  // More windows would hold claims to less: noise above 1 % of a call and 0.25 µs, in windows that can do better.
  bool blurred() const { return calls > 1 && noise > std::max(0.01 * claim, 250.0); }
  // The claim is not contradicted.
  bool admitted() const { return calls > 0 && sealed_admits() && slope_admits(); }
  // The claim is the time of a call. One that is admitted and not believed is nobody's lie; the sealed time stands.
  bool believed() const { return sharp && admitted() && sealed - bound() <= believed_tolerance; }
  // The device was at it for longer than the judge's clock says: windows of the null implementation cost more than these
  // do. Nobody lies to his loss, and who believed the judge's clock would find everybody too fast, and who is fast most of
  // all. Seen where outputs are in the host's memory (0.23 of 0.7 ms on an H200): what a GPU wrote there is frozen faster.
  bool undercounts() const { return calls > 0 && claim - sealed > tolerance; }
  // What is missing was spent by the host in between: no lie, but the claim is not the time of a call.
  bool host_explains() const { return sealed - (claim + host) <= tolerance; }
  // The agent's marks are around its work: events on launch.stream before and after each call. What runs on a stream that
  // launch.stream does not wait for has nothing between one call and the next, where everybody else has two marks: its windows
  // came out 7 to 12 % shorter (axpby, H100, 2026-11-28). The 10 % and 1 us that it may lack are reasoned.
  bool marked() const { return events == 0 || events >= 0.9 * claim - 1e3; }
  // It says itself, by its events, that its stream was at it for longer than there are records of, and why: functions
  // of the host have none. No lie either; the sealed time is the time of a call.
  bool events_explain() const {
    return host_functions && events > claim && sealed - events <= tolerance;
  }
};

DeviceTimes device_times(const Observation& o);

// `claim` on a device.
Finding device_claim(const Observation& o);
// `slope` on a device.
Finding device_slope(const Observation& o);

}  // namespace aisp::guard
