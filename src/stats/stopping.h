// When to stop sampling: a rule that is fixed before the run and knows nothing of which way the
// numbers point, only how sharp they are.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "stats/interval.h"

namespace aisp::stats {

struct StoppingRule {
  double half_width;  // 0.01 = +-1 %
  int min_rounds;
  int max_rounds;
  std::int64_t time_limit_ns;
};

enum class Stop { no, interval, rounds, time };

constexpr std::string_view to_string(Stop s) {
  switch (s) {
    case Stop::no: return "no";
    case Stop::interval: return "interval";
    case Stop::rounds: return "rounds";
    case Stop::time: return "time";
  }
  return "?";
}

// True when high / low <= (1 + half_width) / (1 - half_width). False for no interval, for one that
// is not positive and finite, and for a half-width outside (0, 1).
bool narrow_enough(const std::optional<Interval>& interval, double half_width);

// Every look at the interval is a chance to stop on a lucky narrow one, so there are few: at
// min_rounds and then each time an eighth more rounds are done (by at least one). 20 to 1000 rounds
// are 35 looks. Simulated with min_rounds = 30, a 95 % interval at the stop covers 93 to 96 % for
// independent noise and 93 to 94 % for AR(1) with r = 0.5; from 20 that one gets 91 %. The
// intervals need not be computed for a round that is no look and no limit.
bool is_look(const StoppingRule& rule, int rounds_done);

// `speedups` has one interval per candidate, at rounds_done; a run of a baseline alone passes the
// interval of its median time. No speedups at all are never narrow enough.
//   interval  all are narrow enough, at a look or at a limit, with min_rounds done
//   time      elapsed_ns has reached the time limit, however few rounds were done
//   rounds    max_rounds are done
Stop should_stop(const StoppingRule& rule, int rounds_done, std::int64_t elapsed_ns,
                 std::span<const std::optional<Interval>> speedups);

}  // namespace aisp::stats
