// What a match asks beside its timed windows: calls alone, looks in the middle of a window, inputs that
// change by a little (jitter), and the same inputs again (replay).
#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/clock.h"
#include "base/own_threads.h"
#include "guard/guards.h"
#include "judge/jitter.h"
#include "judge/match.h"
#include "judge/turn.h"
#include "stats/order.h"
#include "worker/process_stat.h"

namespace aisp {

void Match::run_alone() {
  run_round(WindowKind::alone, 1, true);
  ++alone_rounds_;
  if (!on_device() && !options_.in_process && alone_rounds_ % 2 == 0) measure_agent();
}

// Windows of one call are short and noisy, and a speedup is worth no more than the low end of what they say: as many as
// make that end a few hundred nanoseconds wide, where there is time.
void Match::complete_alone() {
  if (on_device()) {
    complete_one_by_one();
    complete_plain();
  }
  constexpr int kMost = 400;
  constexpr double kShare = 0.08;  // of the time limit
  const std::int64_t until =
      monotonic_ns() + static_cast<std::int64_t>(1e9 * kShare * options_.time_limit_s);
  const auto worth_it = [&] {
    return !on_device() && alone_rounds_ < kMost && monotonic_ns() < until && !interrupted();
  };
  while (calls_many_ > 1 && (alone_rounds_ < kAloneRounds || worth_it())) run_alone();
}

std::optional<Match::Beside> Match::warm_up_alone(Side& side) {
  constexpr int kMost = 16;
  const std::uint64_t draw = next_draw_++;
  const int sets = buffers_->layout().sets;
  // The null implementation's are cold windows of one call as well, of which its calibration has few.
  const int calls = side.is_null ? 1 : std::max(1, std::min({kMost, calls_few_, sets - 1}));
  const int before = std::min(1, sets - calls);  // the call that counts has other buffers
  if (!side.is_null) buffers_->draw_inputs(options_.key, draw, before + calls);
  std::uint64_t poison = 0;
  Window* const window = run_window(side, WindowKind::pilot, calls, 0, draw, &poison, nullptr,
                                    {before, 0, std::nullopt});
  if (window == nullptr || !finish(side, *window)) return std::nullopt;
  return Beside{0, before + calls - 1, poison};
}

// After a window of several calls, as those of others are.
std::optional<double> Match::null_window_ns(bool hand_over_only) {
  Side& side = sides_.back();
  if (!warm_up_alone(side)) return std::nullopt;
  const std::uint64_t poison = secrets_.next();
  use_outputs_of(side);
  buffers_->poison(options_.key, next_draw_++, 1, poison);
  if (options_.cold) buffers_->make_sets_cold(1);
  side.worker->set_mode({.hand_over_only = hand_over_only});
  Window window;
  plan_[0] = 0;
  own_threads_are_quiet();
  const OrderOutcome outcome = side.worker->run({plan_.data(), 1}, timeout_s(1), window);
  side.worker->set_mode({});
  if (!outcome.ok) {
    bury(side, outcome, "while the agent was measured");
    return std::nullopt;
  }
  side.worker->settle(window);
  return static_cast<double>(window.sealed_ns);
}

void Match::measure_agent() {
  if (!sides_.back().alive()) return;
  const bool first = (secrets_.next() & 1) != 0;
  const auto one = null_window_ns(first);
  if (!one) return;
  const auto other = null_window_ns(!first);
  if (other) agent_ns_.push_back(first ? *other - *one : *one - *other);
}

std::vector<std::vector<std::byte>> Match::copy_outputs(int calls) {
  std::vector<std::vector<std::byte>> copies(static_cast<std::size_t>(calls));
  for (int set = 0; set < calls; ++set)
    for (const TensorView& view : buffers_->output_views(set)) {
      const auto* begin = static_cast<const std::byte*>(view.data);
      auto& copy = copies[static_cast<std::size_t>(set)];
      copy.insert(copy.end(), begin, begin + view.tensor->storage_bytes());
    }
  return copies;
}

void Match::look_in_the_middle() {
  // One round in four until there are enough, and one in sixteen from then on: neither the moment
  // nor the end of it can be told.
  constexpr int kEnough = 6;
  if (calls_many_ < guard::kProgressCalls || secrets_.below(looks_ < kEnough ? 4 : 16) != 0) return;
  look_now();
}

void Match::complete_looks() {
  // A worker that is never in the middle stays not proven. Where the judge wakes late (virtual machines: 100 µs), short
  // windows are often over when it looks, but cheap to try again.
  constexpr int kTries = 12, kMost = 100;
  constexpr std::int64_t kCheapNs = 500'000'000;
  const auto lacks = [](const Side& side) {
    return side.alive() && !side.is_null &&
           std::count_if(side.observation.probes.begin(), side.observation.probes.end(),
                         [](const ProgressProbe& p) { return p.in_the_middle; }) <
               guard::kProgressLooks;
  };
  if (calls_many_ < guard::kProgressCalls) return;
  const std::int64_t begin = monotonic_ns();
  for (int i = 0; i < kTries || (i < kMost && monotonic_ns() - begin < kCheapNs); ++i) {
    if (std::none_of(sides_.begin(), sides_.end(), lacks)) return;
    look_now();
  }
}

void Match::look_now() {
  ++looks_;
  const bool few = calls_few_ >= guard::kProgressCalls && (secrets_.next() & 1) != 0;
  const int calls = few ? calls_few_ : calls_many_;
  for (const std::size_t index : secret_order())
    if (Side& side = sides_[index]; side.alive() && !side.is_null) {
      const Turn turn(side.took_ns);
      probe(side, calls);
      drop_over_budget();
    }
  ++rounds_;
}

// Which calls have begun is seen by their outputs. Four bytes of poison are as good as never what a
// call writes; an in-out tensor may be left as it was.
bool Match::may_swap() const {
  if (!buffers_->inputs_sealed()) return false;  // there every window's inputs are compared
  bool seen = false;
  for (std::size_t o = 0; o < problem_.outputs.size(); ++o) {
    bool in_out = false;
    for (std::size_t i = 0; i < problem_.inputs.size(); ++i)
      in_out = in_out || in_out_partner(problem_, i) == static_cast<int>(o);
    seen = seen || (!in_out && problem_.outputs[o].tensor->storage_bytes() >= 4);
  }
  return seen &&
         std::any_of(problem_.inputs.begin(), problem_.inputs.end(),
                     [](const Input& input) { return input.role.get() == Role::activation; });
}

// Draws the inputs of some calls anew whose turn cannot have come: the call after the last one whose
// outputs were touched may have begun, those behind it not. The nearest ones and a few others, as many
// as the reference can judge in 20 ms. Returns their sets.
std::vector<int> Match::swap_inputs(int last_touched, int calls, std::uint64_t draw) {
  constexpr int kNearest = 4, kMost = 8;
  const int first = last_touched + 2;
  const double affordable = 2e7 / std::max(1.0, reference_ns_per_call_);
  const int most = std::clamp(static_cast<int>(std::min(affordable, 1e3)), 2, kMost);
  std::vector<int> chosen;  // calls
  for (int call = first; call < calls && static_cast<int>(chosen.size()) < std::min(most, kNearest);
       ++call)
    chosen.push_back(call);
  for (int left = calls - first - kNearest, at = first + kNearest; left > 0; --left, ++at)
    if (static_cast<int>(chosen.size()) < most &&
        secrets_.below(static_cast<std::uint64_t>(left)) <
            static_cast<std::uint64_t>(most) - chosen.size())
      chosen.push_back(at);
  for (int& call : chosen) {
    call = static_cast<int>(plan_[static_cast<std::size_t>(call)]);
    buffers_->redraw_inputs(options_.key, draw, call);
  }
  return chosen;
}

void Match::judge_swapped(std::span<const int> swapped, std::uint64_t before, std::uint64_t now,
                          std::uint64_t poison, ProgressProbe& seen) {
  const std::vector<bool> right = oracle_->right(now, swapped, poison);
  std::vector<int> wrong;
  for (std::size_t i = 0; i < swapped.size(); ++i)
    if (!right[i]) wrong.push_back(swapped[i]);
  seen.swapped = static_cast<int>(swapped.size());
  if (wrong.empty()) return;
  for (const int set : wrong) buffers_->redraw_inputs(options_.key, before, set);
  for (const bool stale : oracle_->right(before, wrong, poison))
    ++(stale ? seen.stale : seen.swapped_wrong);
}

void Match::probe(Side& side, int calls) {
  if (on_device()) return probe_on_device(side, calls);
  std::vector<double> sealed;
  for (const Window& w : side.observation.windows)
    if (w.kind == WindowKind::timed && w.calls == calls)
      sealed.push_back(static_cast<double>(w.sealed_ns));
  if (sealed.empty()) return;
  const std::uint64_t draw = next_draw_++;
  const std::uint64_t other_draw = next_draw_++;
  buffers_->draw_inputs(options_.key, draw, calls);
  const double share = 0.25 + 0.5 * secrets_.uniform();
  const auto pause_ns = static_cast<std::int64_t>(share * stats::median(sealed));

  // Copies: poisoned, stopped in the middle, at the end.
  std::vector<std::vector<std::byte>> before, middle;
  std::vector<int> swapped;
  ProgressProbe seen;
  seen.calls = calls;
  int last_touched = -1;
  std::int64_t stood_still_ns = 0;
  std::int64_t cpu_before = 0;
  const std::function<void(bool)> look = [&](bool in_the_middle) {
    seen.elapsed_ns = monotonic_ns();
    seen.cpu_elapsed_ns = process_cpu_ns(side.worker->pid()) - cpu_before;
    seen.in_the_middle = in_the_middle;
    middle = copy_outputs(calls);
    for (int call = 0; call < calls; ++call) {
      const std::size_t set = plan_[static_cast<std::size_t>(call)];
      if (middle[set] == before[set]) continue;
      ++seen.touched;
      last_touched = call;
    }
    if (in_the_middle && may_swap()) swapped = swap_inputs(last_touched, calls, other_draw);
    stood_still_ns = monotonic_ns() - seen.elapsed_ns;
  };
  const Pausing pausing = [&](std::span<const std::uint32_t> plan, double timeout, Window& window) {
    before = copy_outputs(calls);
    cpu_before = process_cpu_ns(side.worker->pid());
    return side.worker->run_with_pause(plan, timeout, pause_ns, look, window);
  };
  std::uint64_t poison = 0;
  const Window* window = run_window(side, WindowKind::probe, calls, 0, draw, &poison, &pausing);
  if (window == nullptr || middle.empty()) return;
  seen.elapsed_ns -= window->started_ns;
  // When a whole window should be over, the machine stood still, and a thread that waits for another one burns CPU time
  // meanwhile: an honest one was seen 4.26 ms into a window of 0.85 ms, with one of 15 calls finished.
  if (static_cast<double>(seen.elapsed_ns) > stats::median(sealed)) seen.in_the_middle = false;
  seen.active_ns = window->sealed_ns - stood_still_ns;
  seen.cpu_ns = window->cpu_ns;
  const auto after = copy_outputs(calls);
  for (int call = 0; call <= last_touched; ++call) {
    const std::size_t set = plan_[static_cast<std::size_t>(call)];
    if (middle[set] == after[set]) {
      ++seen.complete;
    } else if (middle[set] == before[set]) {
      ++seen.ahead;  // a later one was touched and this one was not
    } else if (call < last_touched) {
      ++seen.reopened;
    }
  }
  if (!swapped.empty()) judge_swapped(swapped, draw, other_draw, poison, seen);
  side.observation.probes.push_back(seen);
}

void Match::jitter(int calls) {
  // Where the judge cannot write single elements, or nothing was seen before.
  if (!buffers_->inputs_sealed() || next_draw_ == 0) return;
  oracle_->release();
  const std::uint64_t draw = next_draw_++;
  calls = std::min(calls, calls_few_);
  const auto show = [&](bool verify) {
    for (Side& side : sides_) {
      if (!side.alive() || side.is_null) continue;
      std::uint64_t poison = 0;
      Window* window = run_window(side, WindowKind::pilot, calls, 0, draw, &poison);
      if (window == nullptr || !finish(side, *window)) continue;
      if (verify) oracle_->judge(side.observation, side.observation.windows.size() - 1, poison);
    }
    oracle_->settle();
    drop_over_budget();
  };
  buffers_->draw_inputs(options_.key, draw, calls);
  show(false);
  if (!jitter_inputs(problem_, *buffers_, options_.key, next_draw_++, calls, secrets_)) return;
  // As many by the reference as it does in a second; the baseline is asked about the others.
  const double affordable = 1e9 / std::max(1.0, reference_ns_per_call_);
  oracle_->begin({draw, calls, static_cast<int>(std::clamp<double>(affordable, 1, calls)),
                  secrets_.next(), false});
  show(true);
  ++rounds_;
}

void Match::replay_in_pairs(int repeats) {
  oracle_->release();
  const int calls = calls_many_;
  for (int repeat = 0; repeat < repeats; ++repeat) {
    for (Side& side : sides_) {
      if (!side.alive() || side.is_null) continue;
      const std::uint64_t other = next_draw_++, draw = next_draw_++;
      std::uint64_t poison = 0;
      buffers_->draw_inputs(options_.key, other, calls);
      // As many as nobody knows: whatever comes back every so many calls would keep step with the pairs.
      const int before = 1 + static_cast<int>(secrets_.below(static_cast<std::uint64_t>(calls)));
      Window* like = run_window(side, WindowKind::pilot, before, 0, other, &poison);
      if (like == nullptr || !finish(side, *like)) continue;
      buffers_->draw_inputs(options_.key, draw, calls);
      if (run_window(side, WindowKind::replay, calls, 0, draw, &poison) == nullptr) continue;
      buffers_->draw_inputs(options_.key, draw, calls);
      run_window(side, WindowKind::replay, calls, 1, draw, &poison);
      drop_over_budget();
    }
    ++rounds_;
  }
}

void Match::replay(int repeats) {
  oracle_->release();
  for (int repeat = 0; repeat < repeats; ++repeat) {
    const std::uint64_t draw = next_draw_++;
    const int calls = calls_many_;
    buffers_->draw_inputs(options_.key, draw, calls);
    std::vector<int> sets(static_cast<std::size_t>(calls));
    std::iota(sets.begin(), sets.end(), 0);
    for (Side& side : sides_) {
      if (!side.alive()) continue;
      std::uint64_t poison = 0;
      if (run_window(side, WindowKind::replay, calls, 0, draw, &poison) == nullptr) continue;
      if (!side.is_null) verifier_->keep(0, sets);
      if (run_window(side, WindowKind::replay, calls, 1, draw, &poison) == nullptr) continue;
      if (side.is_null) continue;
      for (const auto& outputs :
           verifier_->compare_kept(Verifier::kInBuffers, 0, sets, 1, poison)) {
        bool different = false;
        for (const CompareStats& stats : outputs) {
          different |= stats.max_abs_error > 0 || stats.mismatches > 0;
          side.observation.replay_max_ratio =
              std::max(side.observation.replay_max_ratio, stats.max_allowed_ratio);
        }
        ++side.observation.replays_compared;
        side.observation.replays_different += different ? 1 : 0;
      }
    }
    ++rounds_;
    drop_over_budget();
  }
}

}  // namespace aisp
