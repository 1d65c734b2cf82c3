#include "stats/stopping.h"

#include <algorithm>
#include <cmath>

namespace aisp::stats {

bool narrow_enough(const std::optional<Interval>& interval, double half_width) {
  if (!interval || !(half_width > 0 && half_width < 1)) return false;
  const double width = interval->high / interval->low;
  return interval->low > 0 && std::isfinite(width) && width <= (1 + half_width) / (1 - half_width);
}

bool is_look(const StoppingRule& rule, int rounds_done) {
  std::int64_t look = std::max(rule.min_rounds, 1);
  while (look < rounds_done) look += std::max<std::int64_t>(look / 8, 1);
  return look == rounds_done;
}

Stop should_stop(const StoppingRule& rule, int rounds_done, std::int64_t elapsed_ns,
                 std::span<const std::optional<Interval>> speedups) {
  const bool out_of_time = elapsed_ns >= rule.time_limit_ns;
  const bool out_of_rounds = rounds_done >= rule.max_rounds;
  const bool limit = out_of_time || out_of_rounds;
  const bool all_narrow =
      !speedups.empty() && std::all_of(speedups.begin(), speedups.end(), [&](const auto& speedup) {
        return narrow_enough(speedup, rule.half_width);
      });
  if (all_narrow && rounds_done >= rule.min_rounds && (limit || is_look(rule, rounds_done))) {
    return Stop::interval;
  }
  if (out_of_time) return Stop::time;
  return out_of_rounds ? Stop::rounds : Stop::no;
}

}  // namespace aisp::stats
