// memory
//   sees       the worker's private memory after windows, its peak, and its limit; on a GPU also what it
//              has taken of the device's memory, from what is free there before and after it runs
//   threshold  growth from the first to the last quarter of the windows (of the process that had the
//              most: a new one begins anew) of 16 MiB and 10 % is
//              reported; so is a growth of half of what the calls between wrote as outputs (at least
//              1 MiB), because that is what keeping every result looks like; so is a peak of 95 % of
//              the limit
//   source     allocators reach their size in the first windows: a pool grows early, a leak or a
//              store of results grows to the end
//   blind to   stores that are small or compressed, memory that is reused; device memory that another
//              process takes or gives back meanwhile counts as the worker's. Not required: a leak is a
//              bug and no lie, and whether kept results are *used* is what `replay` tells
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "guard/guards.h"
#include "guard/wording.h"
#include "stats/order.h"

namespace aisp::guard {
namespace {

constexpr std::size_t kFewestWindows = 8;
constexpr double kLeakBytes = 16 * 0x1p20;
constexpr double kLeakShare = 0.10;
constexpr double kStoreBytes = 0x1p20;
constexpr double kStoreShare = 0.5;
constexpr double kNearLimit = 0.95;

// Bytes of output that a call writes; 0 = unknown.
double output_bytes_per_call(const Observation& o) {
  double bytes = 0, calls = 0;
  for (const OutputError& output : o.outputs) {
    const auto dtype = dtype_from_name(output.dtype);
    if (!dtype) continue;
    bytes +=
        static_cast<double>(dtype_bytes(*dtype)) *
        static_cast<double>(output.against_reference.elements + output.against_baseline.elements);
  }
  for (const Window& w : o.windows) calls += w.calls_verified;
  return calls > 0 ? bytes / calls : 0;
}

struct Growth {
  bool known = false;
  bool failed = false;
  std::string text;  // "it grew by 3.2 MiB during the run"
};

// Of `bytes(window)`, where that is not 0.
Growth growth_of(const Observation& o, std::uint64_t Window::*bytes) {
  std::map<int, std::vector<const Window*>> by_process;
  for (const Window& w : o.windows)
    if (w.*bytes != 0) by_process[w.process].push_back(&w);
  std::vector<const Window*> seen;
  for (auto& [process, windows] : by_process)
    if (windows.size() > seen.size()) seen = std::move(windows);
  if (seen.size() < kFewestWindows) return {};
  const std::size_t quarter = seen.size() / 4;
  std::vector<double> first, last;
  double calls = 0;
  for (std::size_t i = 0; i < seen.size(); ++i) {
    const auto here = static_cast<double>(seen[i]->*bytes);
    if (i < quarter) first.push_back(here);
    if (i >= seen.size() - quarter) last.push_back(here);
    // From the middle of the first quarter to the middle of the last one.
    if (i >= quarter / 2 && i < seen.size() - (quarter + 1) / 2) calls += seen[i]->calls;
  }
  const double before = stats::median(first), growth = stats::median(last) - before;
  const double written = output_bytes_per_call(o) * calls;
  if (written > 0 && growth >= kStoreShare * written && growth >= kStoreBytes)
    return {true, true,
            fmt::format("it grew by {} while its calls wrote {} of output, as if results were "
                        "being kept",
                        byte_size(growth), byte_size(written))};
  if (growth >= kLeakBytes && growth >= kLeakShare * before)
    return {
        true, true,
        fmt::format("it grew by {} from {} during the run", byte_size(growth), byte_size(before))};
  return {true, false,
          fmt::format("it grew by {} during the run", byte_size(std::max(growth, 0.0)))};
}

// What the worker holds of a device's memory, its context included.
void add_device_memory(const Observation& o, Finding& f) {
  if (o.device_memory_peak_bytes == 0) return;
  f.message += fmt::format("; device memory: peak {}",
                           byte_size(static_cast<double>(o.device_memory_peak_bytes)));
  const Growth growth = growth_of(o, &Window::device_bytes);
  if (!growth.known) return;
  f.message += ", " + growth.text;
  if (growth.failed) f.status = FindingStatus::fail;
}

}  // namespace

Finding memory(const Observation& o) {
  Finding f{"memory", FindingStatus::not_run, FindingKind::robustness, {}, false};
  std::uint64_t peak = o.memory_peak_bytes;
  for (const Window& w : o.windows) peak = std::max(peak, w.resident_bytes);
  if (peak == 0) {
    f.message = "the worker's memory was not read";
    return f;
  }
  const auto limit = static_cast<double>(o.memory_limit_bytes);
  f.message = fmt::format("peak {}", byte_size(static_cast<double>(peak)));
  if (limit > 0) f.message += fmt::format(" of {}", byte_size(limit));
  if (limit > 0 && static_cast<double>(peak) >= kNearLimit * limit) {
    f.status = FindingStatus::fail;
    f.message += ": it is at its limit";
    return f;
  }
  f.status = FindingStatus::pass;
  const Growth growth = growth_of(o, &Window::resident_bytes);
  f.message += growth.known ? "; " + growth.text : "; too few windows to tell growth";
  if (growth.failed) f.status = FindingStatus::fail;
  add_device_memory(o, f);
  return f;
}

}  // namespace aisp::guard
