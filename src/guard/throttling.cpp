// throttling
//   sees       timed windows during which the device's clocks were held down (power, heat), as the judge
//              read it from the driver every 100 ms, and how long a call took in the others
//   threshold  the median time per call moves by 1 % when those windows are left out, or fewer than 5
//              are left: not proven. No sample is dropped for it, they are marked and stay in the times
//   source     1 % is the margin below which two times are the same; 5 windows are the fewest from
//              which a median says anything (src/stats)
//   blind to   a dip that begins and ends between two readings; clocks that somebody set low, which the
//              driver does not call throttled (the run's environment has them); a CPU
#include <fmt/format.h>

#include <cmath>

#include "guard/guards.h"
#include "guard/wording.h"
#include "stats/order.h"

namespace aisp::guard {
namespace {

constexpr std::size_t kFewestLeft = 5;
constexpr double kMargin = 0.01;

// The device's own time where it told one: sharper than the judge's, and nothing is gained by a lie.
double per_call(const Window& w) {
  const std::int64_t ns = w.activity_ns >= 0 ? w.activity_ns
                          : w.device_ns >= 0 ? w.device_ns
                                             : w.sealed_ns;
  return static_cast<double>(ns) / w.calls;
}

}  // namespace

Finding throttling(const Observation& o) {
  Finding f{"throttling", FindingStatus::not_run, FindingKind::environment, {}, false};
  if (!o.device_tells_clocks) {
    f.message = "this device's clocks are not watched";
    return f;
  }
  if (!o.device_unwatched.empty()) {
    f.message = "the GPU's clocks were not watched: " + o.device_unwatched;
    return f;
  }
  std::vector<double> all, left;
  std::int64_t slowed = 0, unknown = 0;
  for (const Window& w : o.windows) {
    if (w.kind != WindowKind::timed || w.calls == 0) continue;
    all.push_back(per_call(w));
    slowed += w.slowed > 0;
    unknown += w.slowed < 0;
    if (w.slowed <= 0) left.push_back(all.back());
  }
  if (all.empty()) {
    f.message = "nothing was timed";
    return f;
  }
  const auto windows = static_cast<std::int64_t>(all.size());
  const std::string untold =
      unknown == 0 ? "" : fmt::format("; of {} nothing is known", counted(unknown, "window"));
  if (slowed == 0) {
    // What nobody looked at may have been slow.
    if (2 * unknown <= windows) f.status = FindingStatus::pass;
    f.message =
        fmt::format("clocks were held down in none of {}{}", counted(windows, "window"), untold);
    return f;
  }
  const std::string often =
      fmt::format("clocks were held down ({}) in {} of {}{}",
                  o.device_slowed_by.empty() ? "no reason given" : o.device_slowed_by,
                  grouped(slowed), counted(windows, "window"), untold);
  f.required = true;
  if (left.size() < kFewestLeft) {
    f.message = often + ": how fast it is otherwise cannot be told";
    return f;
  }
  const double with = stats::median(all), without = stats::median(left);
  const double change = without > 0 ? with / without - 1 : 0;
  f.message = fmt::format("{}; without these a call takes {} instead of {}", often,
                          duration(without), duration(with));
  if (std::fabs(change) <= kMargin) f.status = FindingStatus::pass;
  return f;
}

}  // namespace aisp::guard
