// What the guards that look at time share: which windows, less what the null implementation costs.
#pragma once

#include <map>
#include <utility>
#include <vector>

#include "guard/observation.h"

namespace aisp::guard {

// To stop an idle process takes 6 to 10 µs and that is in the calibration; to stop one with busy
// threads takes 20 to 60 µs (median 37 with two of them). What is measured about a window may be
// longer than the calibrated overhead by so much without anybody lying.
inline constexpr double kBusyStopNs = 60e3;

// Processors that others kept busy. Above this, a worker and a judge that queue for processors look
// like late answers and uneven calls, and neither proves a lie.
inline constexpr double kForeignLoad = 0.2;

// What a window of so many calls costs when the calls do nothing.
double overhead_ns(const Calibration& c, int calls);

// Time per call of one window by the judge's clock, less the overhead. May be negative by noise.
double sealed_per_call(const Window& w, const Calibration& c);
// The same as the worker claims it.
double claim_per_call(const Window& w, const Calibration& c);

// The median of values of windows, or that of the medians of their processes, whichever is less: intervals are of processes,
// and most windows are of one. `values` has one for each window, and at least one.
double least_typical(const std::vector<const Window*>& windows, const std::vector<double>& values);

std::vector<const Window*> windows_of(const Observation& o, WindowKind kind);

// The same of the windows of one call beside those of several, and what an honest one may take longer in
// them: a call that comes alone finds the processor's own caches cold and threads asleep. On a device: what it
// recorded.
struct AloneTimes {
  int windows = 0;      // with one call
  double alone_ns = 0;  // medians per call
  double in_a_row_ns = 0;
  double allowed_ns = 0;  // difference that says nothing
  bool differ() const { return windows > 0 && alone_ns - in_a_row_ns > allowed_ns; }
};
// No windows: there are none of one call beside larger ones.
AloneTimes alone_times(const Observation& o);

// On a device: calls that are waited for one by one beside calls in a queue, nanoseconds a call.
struct OneByOneTimes {
  std::vector<double> waited;  // of each window, less what it costs the null implementation
  double by_itself = 0;        // their median
  double in_queue = 0;
  double allowed = 0;          // what a queue may hide: the host's time in it, and noise
  double granted = 0;          // what of it the reported speedup keeps: launching, and noise
  double allowed_waiting = 0;  // the same if the host's time where it is waited for is believed
  double recorded = 0;  // what the device recorded of a call that was waited for, and the noise
  double hidden() const { return by_itself - in_queue; }
  // The difference is there, and only what the worker tells explains it: its host's time, or a device that it says was
  // idle for the rest. Calls overlap, or waiting costs them more (memory that is given back whenever a device is waited
  // for). Nobody can tell, so what a call takes by itself is what it takes.
  bool waiting_stands() const {
    return hidden() > allowed && (hidden() <= allowed_waiting || recorded <= in_queue);
  }
  // More is hidden than launching takes. It may be the host's work, or calls that overlap: what remains by the time of
  // calls that are waited for, on both sides, is what is believed.
  bool hides_more_than_launches() const { return hidden() > granted; }
};
// `waited` is empty where nothing can be said: on a CPU, in windows of few calls, without calibration.
OneByOneTimes one_by_one_times(const Observation& o);

// Timed windows with the largest number of calls: the sharpest ones. Empty when nothing was timed.
// How long the judge took from DONE until it had copied the outputs of a device, in nanoseconds, by kind and calls: timed and plain
// windows and those of one call, none in which it looked before. Apart, since a worker knows which ones are plain or of one call.
std::map<std::pair<WindowKind, int>, std::vector<double>> freeze_times(
    const std::vector<Window>& windows);

std::vector<const Window*> largest_timed(const Observation& o);

}  // namespace aisp::guard
