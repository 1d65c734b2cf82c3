// replay
//   sees       pairs of windows at the end of the run, in one round each: first on fresh inputs
//              (position 0), then on the same inputs again (position 1)
//              where those look kept, nine pairs more of which both windows come after like windows,
//              the first of a secret number of calls
//   threshold  repeats below 0.6 of the fresh time per call, in at least 3 pairs, and by more than
//              noise: 60 µs a window or 3 MAD of the fresh windows, whichever is more; and below 0.6
//              of the fresh CPU time too (on a machine with neighbours the fresh windows may just
//              have waited longer for processors: 3 pairs gave honest code a factor of 2.8);
//              and in nine tenths of the pairs by themselves (11 of 12): who tidies up every 100 calls
//              is slow in one window of a pair or in the other, as it comes (attacks/reads_fresh_pages,
//              which does, was accused once when the pairs kept step with it)
//              threads that sleep between calls: two wake-ups a call, as measured, are noise as well
//              not proven instead of failed when other processes kept more than 0.2 processors busy:
//              threads that spin for each other burn CPU time while they queue
//   source     both windows are flushed and poisoned alike, so an honest pair differs by noise; who
//              keeps results skips the work itself, and what is left is a look-up and a copy
//   blind to   stores that are only consulted later or elsewhere; who takes as long on purpose (and
//              gains nothing); work below 60 µs a window. No repeats ever occur in timed windows, so
//              a store of results cannot make those faster: this guard shows intent
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "guard/guards.h"
#include "guard/window_times.h"
#include "guard/wording.h"
#include "stats/order.h"

namespace aisp::guard {
namespace {

constexpr double kRepeatShare = 0.6;
constexpr std::size_t kFewestPairs = 3;
constexpr double kReplayWakes = 2;
constexpr double kEachPair = 0.9;

}  // namespace

Finding replay(const Observation& o) {
  Finding f{"replay", FindingStatus::not_run, FindingKind::honesty, {}, true};
  std::map<int, std::pair<const Window*, const Window*>> by_round;
  for (const Window* w : windows_of(o, WindowKind::replay)) {
    auto& [fresh, repeat] = by_round[w->round];
    (w->position == 0 ? fresh : repeat) = w;
  }
  std::size_t faster = 0;
  std::vector<double> threads, fresh_call, repeat_call, fresh_window, saved, fresh_cpu, repeat_cpu;
  for (const auto& [round, pair] : by_round) {
    if (pair.first == nullptr || pair.second == nullptr) continue;
    threads.push_back(pair.first->threads);
    fresh_call.push_back(sealed_per_call(*pair.first, o.calibration));
    repeat_call.push_back(sealed_per_call(*pair.second, o.calibration));
    fresh_window.push_back(static_cast<double>(pair.first->sealed_ns));
    fresh_cpu.push_back(static_cast<double>(pair.first->cpu_ns) / pair.first->calls);
    repeat_cpu.push_back(static_cast<double>(pair.second->cpu_ns) / pair.second->calls);
    faster += repeat_call.back() < kRepeatShare * fresh_call.back();
    saved.push_back((fresh_call.back() - repeat_call.back()) * pair.second->calls);
  }
  if (fresh_call.size() < kFewestPairs) {
    f.required = false;
    f.message =
        fmt::format("{} of fresh and repeated inputs, which is fewer than {}",
                    counted(static_cast<std::int64_t>(fresh_call.size()), "pair"), kFewestPairs);
    return f;
  }
  const double fresh = stats::median(fresh_call), repeat = stats::median(repeat_call);
  const double wakes = stats::median(threads) > 1 ? kReplayWakes * o.calibration.wake_ns : 0;
  const double noise = std::max(kBusyStopNs, 3 * stats::median_absolute_deviation(fresh_window));
  const bool less_work = stats::median(repeat_cpu) < kRepeatShare * stats::median(fresh_cpu);
  const bool keeps = repeat < kRepeatShare * fresh && less_work && stats::median(saved) > noise &&
                     fresh - repeat > wakes &&
                     static_cast<double>(faster) >= kEachPair * static_cast<double>(saved.size());
  const bool busy = o.foreign_load > kForeignLoad;
  f.status = !keeps ? FindingStatus::pass : busy ? FindingStatus::not_run : FindingStatus::fail;
  const std::string times =
      fmt::format("{} a call on fresh inputs, {} when the same come again ({})", duration(fresh),
                  duration(repeat), counted(static_cast<std::int64_t>(saved.size()), "pair"));
  if (keeps && busy)
    f.message = fmt::format(
        "{}; other processes kept {:.1f} processors busy, which can do that to an honest one: "
        "repeat it "
        "on a quiet machine",
        times, o.foreign_load);
  else if (keeps && repeat > 0)
    f.message = fmt::format("it keeps results: {:.1f} times faster on inputs that it has seen: {}",
                            fresh / repeat, times);
  else
    f.message = keeps ? "it keeps results: " + times : times;
  return f;
}

}  // namespace aisp::guard
