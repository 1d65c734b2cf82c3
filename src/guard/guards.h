// All guards. A guard watches one thing, is one file in this room, and is a pure function of what was
// recorded. To add one: a file, a declaration here, a line in guards.cpp, a test.
#pragma once

#include <vector>

#include "guard/finding.h"
#include "guard/observation.h"

namespace aisp::guard {

Finding values(const Observation& o);      // every output element of every call, NaN, Inf, constant
Finding precision(const Observation& o);   // error against the baseline's own error
Finding invariants(const Observation& o);  // the problem's validate()
Finding coverage(const Observation& o);    // calls timed = calls verified; reference rounds
Finding inputs(const Observation& o);      // input mutation
Finding bounds(const Observation& o);      // writes outside of the outputs
Finding aliasing(const Observation& o);    // outputs and inputs are apart
Finding poison(const Observation& o);      // nothing written before GO
Finding quiet(const Observation& o);       // CPU time and threads outside windows
Finding memory(const Observation& o);      // growth and peak
Finding claim(const Observation& o);       // claimed time against the sealed clock
Finding slope(const Observation& o);       // windows of two sizes agree
Finding alone(const Observation& o);       // a call alone against calls in a row
Finding one_by_one(const Observation& o);  // on a device: the same, waited for after each call
Finding device_quiet(const Observation& o);  // nothing else ran on the device before GO
Finding after_done(const Observation& o);    // nothing ran on after it had said that it was done
Finding progress(const Observation& o);      // one call after the other, none ahead or later
Finding physics(const Observation& o);       // no faster than the machine
Finding determinism(const Observation& o);   // same inputs again, same outputs
Finding replay(const Observation& o);        // same inputs again, not suddenly faster
Finding throttling(const Observation& o);    // the device's clocks were held down
Finding worker(const Observation& o);        // crash, hang, exit
Finding isolation(const Observation& o);     // what of the sandbox is missing
Finding config(const Observation& o);        // configuration unchanged

// Windows that the reference has to have judged, where so many were timed; see coverage.cpp.
inline constexpr int kReferenceWindows = 5;
// Windows with fewer calls are not looked at in the middle; see progress.cpp.
inline constexpr int kProgressCalls = 8;
inline constexpr int kProgressLooks = 3;  // that found the worker in the middle
inline constexpr int kPlainWindows =
    10;  // at least so many, likewise: an interval of 95 % for one of four candidates needs 9
inline constexpr int kOneByOneWindows = 6;  // at least so many, where windows hold several calls

// Runs every guard. An exception in a guard becomes `not_run` with its message.
std::vector<Finding> run_all(const Observation& o);

}  // namespace aisp::guard
