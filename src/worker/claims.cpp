#include "worker/claims.h"

#include <algorithm>
#include <limits>
#include <utility>

#include <fmt/format.h>

namespace aisp {

namespace {

DeviceClaimSummary impossible(std::string why) {
  DeviceClaimSummary summary;
  summary.impossible = std::move(why);
  return summary;
}

}  // namespace

ClaimSummary summarize_claims(std::span<const protocol::Claim> claims, std::int64_t go_ns,
                              std::int64_t done_ns) {
  ClaimSummary summary;
  if (claims.empty()) return summary;
  std::int64_t previous = go_ns;
  summary.min_ns = std::numeric_limits<std::int64_t>::max();
  for (const protocol::Claim& claim : claims) {
    // Compared before subtracting: the values are anything, and must not overflow.
    if (claim.start_ns < previous || claim.end_ns < claim.start_ns || claim.end_ns > done_ns)
      return {};
    const std::int64_t duration = claim.end_ns - claim.start_ns;
    summary.sum_ns += duration;
    summary.min_ns = std::min(summary.min_ns, duration);
    previous = claim.end_ns;
  }
  summary.span_ns = claims.back().end_ns - claims.front().start_ns;
  summary.sane = true;
  return summary;
}

DeviceClaimSummary summarize_device_claims(std::span<const protocol::DeviceClaim> claims,
                                           const protocol::DeviceWindow& window,
                                           std::int64_t window_ns) {
  DeviceClaimSummary summary;
  const auto calls = static_cast<std::int64_t>(claims.size());
  if (claims.empty() || window_ns < 0) return impossible("there is no window");
  if ((window.sources &
       ~(protocol::kFromEvents | protocol::kFromActivity | protocol::kHostFunctions)) != 0)
    return impossible("it names sources that there are not");
  // The device's clock is another one (100 ppm), and events are rounded to half a microsecond.
  const std::int64_t limit = window_ns + window_ns / 1000 + 1000 * (calls + 1);
  const auto possible = [limit](std::int64_t ns) { return ns >= 0 && ns <= limit; };

  // At most 16,384 calls of `limit` each: the sums stay far from overflow.
  if ((window.sources & protocol::kFromEvents) != 0) {
    std::int64_t sum = 0;
    for (const protocol::DeviceClaim& claim : claims) {
      if (!possible(claim.device_ns))
        return impossible(fmt::format("a call takes {} ns between its events, the window {}",
                                      claim.device_ns, window_ns));
      sum += claim.device_ns;
    }
    if (!possible(sum))  // one stream: one after the other
      return impossible(
          fmt::format("calls take {} ns between their events, the window {}", sum, window_ns));
    summary.device_ns = sum;
  }
  if ((window.sources & protocol::kFromActivity) != 0) {
    if (!possible(window.activity_ns))
      return impossible(fmt::format("it was at work for {} ns, the window took {}",
                                    window.activity_ns, window_ns));
    bool known = true;
    std::int64_t activity = 0;
    std::int64_t span = 0;
    for (const protocol::DeviceClaim& claim : claims) {
      const std::uint64_t records =
          std::uint64_t{claim.kernels} + claim.copies + claim.memsets + claim.graphs;
      summary.kernels += claim.kernels;
      summary.copies += claim.copies;
      summary.memsets += claim.memsets;
      summary.graphs += claim.graphs;
      if (claim.activity_ns == protocol::kUnknownNs &&
          claim.activity_span_ns == protocol::kUnknownNs) {
        known = false;
        continue;
      }
      // A call is busy for no longer than the window, and its span covers that. Spans of calls on
      // streams of their own may overlap, so their sum has no bound but this.
      if (claim.activity_ns < 0 || claim.activity_ns > window.activity_ns ||
          claim.activity_span_ns < claim.activity_ns || claim.activity_span_ns > limit ||
          claim.streams > records || (records == 0 && claim.activity_ns != 0))
        return impossible(
            fmt::format("a call was at work for {} ns in a span of {}, with {} records on {} "
                        "streams, in a window of {} with {} of work",
                        claim.activity_ns, claim.activity_span_ns, records, claim.streams,
                        window_ns, window.activity_ns));
      activity += claim.activity_ns;
      span += claim.activity_span_ns;
    }
    summary.busy_ns = window.activity_ns;
    if (known) {
      summary.activity_ns = activity;
      summary.span_ns = span;
    }
    summary.streams = window.streams;
    summary.unattributed = window.unattributed;
    summary.dropped = window.dropped;
  }
  summary.host_functions = (window.sources & protocol::kHostFunctions) != 0;
  summary.sane = true;
  return summary;
}

}  // namespace aisp
