// Per-call times from recorded windows: sealed, done, slope. Pure.
//
//   sealed(w) = (w.sealed - median sealed of the null implementation at w.calls) / w.calls
//
// The null implementation goes through the same sandbox, protocol and number of calls in the same
// rounds, so what is left is the implementation. (On a device it works for a known time, which is taken off
// its own windows first.) Nothing of this is under the worker's control: all
// it can do is make its own windows longer.
#pragma once

#include <cmath>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "guard/observation.h"
#include "stats/interval.h"

namespace aisp {

// Medians of the null implementation's windows by number of calls. On a CPU, those of kind `alone` follow another window and
// find its caches warm: they stand for themselves.
class NullCost {
 public:
  // `agent_ns`: windows of one call, less windows that are nothing but a hand-over, by the sealed clock.
  // `frozen_call_ns`: of what a call more costs a window on a device, the copy of its outputs, which is the judge's own work.
  explicit NullCost(const std::vector<Window>& windows, std::span<const double> agent_ns = {},
                    double frozen_call_ns = 0);
  double sealed_ns(int calls) const;  // interpolated when that size was never run
  double done_ns(int calls) const;
  double claim_ns(int calls) const;  // sum of claims over the window
  double alone_ns() const;  // sealed, of windows that follow another one (WindowKind::alone)
  std::optional<double> plain_ns(
      int calls) const;  // sealed, of plain windows, without its own work
  // Of that, what a call more costs: what lies between two kernels.
  double plain_gap_ns() const { return plain_gap_ns_; }
  // The same where records are made and marks lie between calls (as sealed_per_call takes off).
  double marked_gap_ns() const;
  Calibration calibration() const;

 private:
  void calibrate_device(const std::vector<Window>& windows);
  void calibrate_plain(const std::vector<Window>& windows);
  struct Cost {
    double sealed = 0, done = 0, claim = 0;
  };
  Cost at(int calls) const;
  std::map<int, Cost> by_calls_;
  std::optional<double> alone_ns_;  // nullopt: there is none, or a device recorded them
  std::map<int, double> plain_;     // by calls
  double plain_gap_ns_ = 0;
  Calibration calibration_;
};

double sealed_per_call(const Window& window, const NullCost& null_cost);
// Of a plain window: what is left of it without what windows of that size cost the null implementation; as sealed_per_call where
// it has none.
double plain_per_call(const Window& window, const NullCost& null_cost);
double done_per_call(const Window& window, const NullCost& null_cost);
double claim_per_call(const Window& window, const NullCost& null_cost);

// The least that a call counts as. Nothing is faster than a call that does nothing, and what is shorter than the
// null implementation's windows differ by among themselves cannot be told from nothing: in windows of one call, a call of
// a microsecond came out at 0.001 ns, and a million times as fast as another.
double least_per_call(const Window& window, const Calibration& calibration);

// What whoever serves the protocol without the agent has not paid of what is subtracted: the agent's loop
// for each call, and what the agent does once a window (Calibration::agent_window_ns).
double unpaid_per_call(const Window& window, const Calibration& calibration);

// Times per call of the rounds that both sides finished, in nanoseconds, by one clock.
struct Pairs {
  std::vector<double> baseline;
  std::vector<double> candidate;
  std::vector<int>
      processes;  // the how manieth of each side; empty where there is one for all rounds

  std::optional<stats::Interval> speedup(double confidence, bool of_few = false) const {
    return stats::speedup_interval(baseline, candidate, confidence, processes, of_few);
  }
  // Of the means, without the twentieth of the rounds in which either side took longest by its own median (at least one, from ten
  // rounds on): what is done now and then is in no median of windows. 0 = there is none.
  double of_means() const;
};

// By how much honest implementations may differ in what it costs them to begin cold, and what a window is believed
// to be short by, in nanoseconds.
struct AloneGrant {
  double cold_ns = 0;
  // Of a call of the candidate alone, and of what the baseline has more than that: what it takes longer alone or in a row by
  // no more than that is drift of its own, which says nothing about a candidate that is many times as fast.
  double cold_share = 0;
  double unpaid_ns = 0;
  // Of the candidate's own time: who takes no more than that longer alone is held to nothing, whatever the baseline
  // does.
  double own_share = -1e9;
  // By how much windows of one call may be off for one of two processes; the estimate is held to no less (or a fifth of a call).
  double bias_ns = 0;
  // What the baseline takes longer alone than in a row is believed of the candidate up to that, in nanoseconds and of the baseline's
  // time: the rest is of its own making (threads that wake up late), and nobody saves it by having none. For the estimate, and for
  // the low end.
  double longer_ns = INFINITY, longer_share = 0;
  double low_longer_ns = INFINITY, low_longer_share = 0;
  // Of the time that it would be held to: the estimate is left alone where it is off by no more.
  double estimate_share = 0;
};
// On a CPU, by the judge's clock.
AloneGrant granted_on_a_cpu(const Calibration& calibration, bool baseline_has_threads = false,
                            bool candidate_has_threads = false);
// On a GPU, by what it recorded.
AloneGrant granted_on_a_device();

// Calls of one window might overlap, those of windows of one call cannot. What a call saves against the
// baseline there, it saves for good: what it costs to begin cold is in both times and goes away. A
// candidate that saves more in a row than alone, by more than is granted, is taken to need what the baseline needs
// less what it saves alone: `speedup` covers that, and its estimate is that. What it saves in a row is what the estimate of
// `speedup` says that it does. Of what is saved alone, the lower
// bound believes all but what is unpaid; or, where that is less, that a call takes what it takes alone at the most, less what the
// baseline is seen to take longer alone. Of that no more than three quarters of a call of the candidate is believed, and no more than
// twice the share of a call that it is of the baseline's. Returns that
// time, or 0 where nothing had to be held, or nothing came alone.
double hold_to_alone(stats::Interval& speedup, const Pairs& in_a_row, const Pairs& alone,
                     double confidence, const AloneGrant& grant);

// What both of two clocks say of the same speedup: the lower estimate and low end, and the high end that goes with them.
stats::Interval lower_of(const stats::Interval& a, const stats::Interval& b);

// Of a window of one call on a device, less what it costs the null implementation: what the device recorded, and
// what the judge's clock has more than that by more than a hand-over differs.
double recorded_alone(const Window& window, const NullCost& null_cost);

// Of a timed window on a device, nanoseconds a call: what the device recorded, and at the least what the judge's clock has of this
// very window beyond what it may have more than an honest record (25 µs a window, 0.25 µs and 0.1 % a call). Guards hold the median
// of the largest windows to that; records of all others would be anybody's choice: 44 % of the large ones and all small ones made an
// honest 1.8 "3.7 to 3.9" (made-up recordings, 2026-11-28).
// `undercounted_ns`: by how much the judge's clock is known to be short of a call here (DeviceTimes::undercounts of the
// baseline). `hiding_ns`: a call this short is hidden by launching it, and its record stands (0: nothing is hidden).
double recorded_in_a_row(const Window& window, const NullCost& null_cost, double undercounted_ns,
                         double hiding_ns);

// (median sealed of the larger windows - median of the smaller) / difference in calls; nullopt when
// all timed windows have one size.
std::optional<double> slope_per_call(const std::vector<Window>& windows);

}  // namespace aisp
