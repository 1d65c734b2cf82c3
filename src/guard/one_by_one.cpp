// one_by_one
//   sees       windows in which the device is waited for after each call, mixed in at random, against the time of a
//              call in the windows that count, where calls wait in a queue; both less what they cost the null
//              implementation. The workers of these windows are verified and looked at in the middle as well (`progress`)
//   threshold  fails when a call in a queue is cheaper by more than the host's time within it (which a queue
//              hides), the noise (3 standard errors of both medians), 2 µs, and 3 % of the call
//              host time is the smaller one of both kinds of windows; where the larger one would explain the
//              difference, or the device recorded no more of a call that is waited for than a call takes in a
//              queue, it passes and the time one by one is the one that is reported
//   source     calls of an honest implementation run one after the other on its stream; what a queue can
//              hide is launching. Overlapped calls, one launch for many, a call begun in the one before: all of these
//              take away from windows of many calls and not from these
//              launching takes the same time whoever waits for it. Who overlaps calls, and keeps the host busy where it
//              is waited for until its kernel is nearly over, has spent that time there only
//              (attacks/cuda_overlap_excused); what is spent, or claimed to be, in a queue makes calls there as long.
//              But cudaMallocAsync in a call does take longer after each wait (68 µs, on an H100): its pool
//              gives memory back
//   blind to   gains below that; windows of one call
#include <fmt/format.h>

#include "guard/guards.h"
#include "guard/window_times.h"
#include "guard/wording.h"

namespace aisp::guard {
Finding one_by_one(const Observation& o) {
  Finding f{"one_by_one", FindingStatus::pass, FindingKind::honesty, {}, true};
  const auto timed = largest_timed(o);
  if (timed.empty()) {
    f.status = FindingStatus::not_run;
    f.message = "nothing was timed";
    return f;
  }
  if (!o.on_device) {
    f.message = "a call on a CPU is over when it returns";
    return f;
  }
  const int calls = timed.front()->calls;
  if (calls < kProgressCalls) {
    f.message = fmt::format("windows have {}: each is alone", counted(calls, "call"));
    return f;
  }
  const OneByOneTimes t = one_by_one_times(o);
  if (t.waited.size() < 3) {
    f.status = FindingStatus::not_run;
    f.message = fmt::format("{} of calls that were waited for one by one: too few",
                            counted(static_cast<std::int64_t>(t.waited.size()), "window"));
    return f;
  }
  f.message = fmt::format("{} a call one by one, {} in a queue ({} hidden, {} allowed)",
                          duration(t.by_itself), duration(t.in_queue), duration(t.hidden()),
                          duration(t.allowed));
  if (t.waiting_stands()) {
    f.message +=
        ": it says that its host is busier, or its device idle, where it is waited for, so the "
        "time one by one stands";
  } else if (t.hidden() > t.allowed) {
    f.status = o.foreign_load > kForeignLoad ? FindingStatus::not_run : FindingStatus::fail;
    f.message += ": work of several calls overlaps, or is done in one";
  }
  return f;
}

}  // namespace aisp::guard
