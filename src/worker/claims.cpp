#include "worker/claims.h"

#include <algorithm>
#include <limits>

namespace aisp {

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

}  // namespace aisp
