// What may be said about a speedup.
#pragma once

#include <optional>
#include <string_view>

#include "stats/interval.h"

namespace aisp::stats {

enum class Comparison { faster, slower, same, not_enough_evidence };

constexpr std::string_view to_string(Comparison c) {
  switch (c) {
    case Comparison::faster: return "faster";
    case Comparison::slower: return "slower";
    case Comparison::same: return "same";
    case Comparison::not_enough_evidence: return "not enough evidence";
  }
  return "?";
}

// `margin` is the difference that matters, 0.01 for 1 %.
//   same                 the whole interval is within [1 / (1 + margin), 1 + margin]
//   faster               low > 1 and estimate > 1 + margin
//   slower               high < 1 and estimate < 1 / (1 + margin)
//   not enough evidence  everything else, and: no interval, one that is not 0 < low <= estimate <=
//                        high < infinity, a margin that is negative or not finite
//
// Equals are called faster or slower at most as often as the interval misses 1: 5 % at 95 %. The
// margin makes that about 0.1 % where the interval's half-width is half the margin, but it
// helps little where they are alike: 3 to 5 % in simulated runs that stopped at +-1 % and asked for
// a margin of 1 %.
Comparison compare(const std::optional<Interval>& speedup, double margin);

}  // namespace aisp::stats
