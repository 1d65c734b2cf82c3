// The part of a match that is about devices whose work goes on without the worker's host thread: GPUs.
#include <algorithm>
#include <functional>
#include <utility>

#include "base/clock.h"
#include "guard/guards.h"
#include "judge/match.h"
#include "stats/order.h"

namespace aisp {

void Match::connect_device(Worker& worker) {
  worker.freeze_at_done([this](int calls) { return buffers_->freeze(calls); });
  worker.wait_before_go([this] {
    prepared_ = buffers_->finish_preparing();
    return prepared_.ready_ns;
  });
}

WorkerMode Match::device_mode(WindowKind mode) const {
  return {.trace_activity = mode != WindowKind::plain,
          .reset_persisting_l2 = true,
          .sync_each_call = mode == WindowKind::one_by_one,
          .unmarked = mode == WindowKind::plain,
          .replay_graph = replaying_graphs_};
}

// What is captured executes nothing, and the inputs of the windows to come are not drawn yet: who computes
// while it is captured has nothing to compute from.
void Match::begin_replaying_graphs() {
  if (!options_.replay_graph || !on_device()) return;
  replaying_graphs_ = true;
  for (Side& side : sides_) {
    if (!side.alive()) continue;
    OrderOutcome outcome = side.worker->set_mode(device_mode(side.mode));
    if (outcome.ok) outcome = side.worker->populate(prepared_sets_);
    if (!outcome.ok) bury(side, outcome, "");
  }
}

// Whatever makes the worker run comes first: from here to GO it stands still.
bool Match::prepare_on_device(Side& side, WindowKind kind, const Preparation& preparation) {
  const WindowKind mode = kind == WindowKind::one_by_one || kind == WindowKind::probe
                              ? WindowKind::one_by_one
                          : kind == WindowKind::plain ? WindowKind::plain
                                                      : WindowKind::timed;
  if (mode != side.mode) {
    const OrderOutcome switched = side.worker->set_mode(device_mode(mode));
    if (!switched.ok) {
      bury(side, switched, "before a window");
      return false;
    }
    side.mode = mode;
  }
  buffers_->start_preparing(options_.key, preparation);
  return true;
}

// Before there is a worker: how long the device takes to prepare windows of various sizes when nobody else is
// there, and to copy outputs. The least of a few tries.
void Match::calibrate_preparing() {
  const int sets = buffers_->layout().sets;
  const auto took = [&](int calls, int prepared) {
    std::int64_t least = 0;
    for (int i = 0; i < 4; ++i) {
      buffers_->start_preparing(options_.key, {next_draw_++, calls, prepared, secrets_.next(),
                                               secrets_.next(), options_.cold, false});
      const std::int64_t ns = buffers_->finish_preparing().took_ns;
      if (i > 0 && (least == 0 || ns < least)) least = ns;  // the first one loads kernels
    }
    return static_cast<double>(least);
  };
  preparing_.one = took(1, 1);
  if (sets > 1) {
    preparing_.prepared_set = std::max(0.0, took(1, sets) - preparing_.one) / (sets - 1);
    preparing_.set =
        std::max(preparing_.prepared_set, (took(sets, sets) - preparing_.one) / (sets - 1));
  }
  const auto froze = [&](int calls) {
    std::int64_t least = 0;
    for (int i = 0; i < 4; ++i) {
      const std::int64_t began = monotonic_ns();
      const std::int64_t ns = buffers_->freeze(calls) - began;
      if (i > 0 && (least == 0 || ns < least)) least = ns;
    }
    return static_cast<double>(least);
  };
  // What is copied out of a cache takes less, and what is taken for a copy is not taken for the agent's.
  if (sets > 3) {
    const double one = froze(1);
    const int half = sets / 2;
    frozen_call_ns_ =
        std::max(0.0, std::min((froze(sets) - one) / (sets - 1), (froze(half) - one) / (half - 1)));
  }
  buffers_->prepare_unused(0, sets, 0);  // what nobody was asked to touch is empty
}

// The look belongs to whoever ran last. A device that was not quiet before its window says nothing about it.
void Match::note_device_look(int calls) {
  if (prepared_.took_ns == 0) return;
  const double expected = preparing_.one + (calls - 1) * preparing_.set +
                          std::max(0, prepared_sets_ - calls) * preparing_.prepared_set;
  const bool slow = static_cast<double>(prepared_.took_ns) > 1.5 * expected + 250e3;
  if (!slow) {
    first_slow_ = {};
  } else if (look_was_slow_ && first_slow_.side != nullptr) {
    ++first_slow_.side->observation.device_looks[first_slow_.look].slow_after;
  }
  if (last_ran_ != nullptr) {
    auto& looks = last_ran_->observation.device_looks;
    looks.push_back(
        {prepared_.took_ns, static_cast<std::int64_t>(expected), slow, !look_was_slow_, 0});
    if (slow && !look_was_slow_) first_slow_ = {last_ran_, looks.size() - 1};
  }
  look_was_slow_ = slow;
}

// A worker writes its records down while the judge's kernels compare what was frozen: the inputs and the outputs that
// nobody may write have been looked at. Not where `validate` reads the inputs as they are now.
void Match::begin_collecting(Side& side) {
  if (states_invariants(problem_)) return;
  side.worker->settle(side.observation.windows.back());
  side.worker->begin_collecting();
}

// What the device recorded of the window replaces the time that the worker's host thread claims: from the
// first start to the last end of what each call caused, by CUPTI; the times between marks (events) where there are no such
// records, or some were lost.
bool Match::collect_claims(Side& side, Window& window, const std::string& where) {
  if (!on_device()) return true;
  side.worker->settle(window);
  const OrderOutcome outcome = side.worker->collect_claims(window);
  if (!outcome.ok) {
    bury(side, outcome, where);
    return false;
  }
  window.claim_sane = window.claim_sane && window.device_claim_sane;
  if (window.kind == WindowKind::timed && side.observation.impossible_claim.empty())
    side.observation.impossible_claim = side.worker->impossible_claim();
  const bool recorded = window.activity_span_ns >= 0 && window.records_dropped == 0;
  const std::int64_t claim = recorded ? window.activity_span_ns : window.device_ns;
  if (claim >= 0) window.claim_ns = claim;
  return true;
}

// A window of one call is a hand-over of some 100 µs with a spread of tens: it does not tell how long a call of
// 10 µs takes, and that decides how many make a window.
int Match::pilot_of_several() {
  const int calls = std::min(16, buffers_->layout().sets);
  if (calls < guard::kProgressCalls) return 1;
  for (const Side& side : sides_)
    if (!side.is_null && side.alive() && median_done_ns(side, 1) > 0.25 * window_ns()) return 1;
  for (Side& side : sides_)
    if (side.alive()) {
      const OrderOutcome outcome = side.worker->populate(calls);
      if (!outcome.ok) bury(side, outcome, "before its first calls");
    }
  prepared_sets_ = calls;
  for (int i = 0; i < 3; ++i) run_round(WindowKind::pilot, calls, true);
  return calls;
}

void Match::run_one_by_one() {
  ++one_by_one_rounds_;
  run_round(WindowKind::one_by_one, calls_many_, true);
}

// One round in four until there are enough, one in sixteen from then on.
void Match::now_and_then_one_by_one() {
  if (calls_many_ < guard::kProgressCalls) return;
  if (secrets_.below(one_by_one_rounds_ < guard::kOneByOneWindows ? 4 : 16) == 0) run_one_by_one();
}

void Match::complete_one_by_one() {
  if (calls_many_ < guard::kProgressCalls) return;
  while (one_by_one_rounds_ < guard::kOneByOneWindows) run_one_by_one();
}

// Where a window holds one call, it is what the judge's clock says of it anyway.
void Match::run_plain(int rounds) {
  for (; rounds > 0 && !interrupted(); --rounds) {
    ++plain_rounds_;
    run_round(WindowKind::plain, calls_many_, true);  // the longest are the sharpest
  }
}

// And one call, which nothing can overlap.
void Match::run_plain_alone(int rounds) {
  for (; rounds > 0 && !interrupted(); --rounds) {
    ++plain_alone_rounds_;
    run_round(WindowKind::plain, 1, true);
  }
}

// A few in a row: to switch records off and on costs a worker something.
void Match::now_and_then_plain() {
  constexpr int kInARow = 2;
  if (calls_many_ < guard::kProgressCalls || options_.verify_only) return;
  if (secrets_.below(plain_rounds_ < guard::kPlainWindows ? 6 : 48) != 0) return;
  run_plain(kInARow);
  run_plain_alone(kInARow);
}

void Match::complete_plain() {
  if (calls_many_ < guard::kProgressCalls || options_.verify_only) return;
  run_plain(guard::kPlainWindows - plain_rounds_);
  run_plain_alone(guard::kPlainWindows + 2 - plain_alone_rounds_);
}

// As may_swap: where a call's outputs depend on its inputs alone, and can be told from poison.
bool Match::may_lend() const {
  bool activation = false;
  for (const Input& input : problem_.inputs) {
    if (input.role.get() == Role::in_out) return false;
    activation = activation || input.role.get() == Role::activation;
  }
  return activation && std::any_of(problem_.outputs.begin(), problem_.outputs.end(),
                                   [](const Output& o) { return o.tensor->storage_bytes() >= 4; });
}

// Gives calls whose turn cannot have come the inputs of others: the call after the last one whose outputs were touched may
// have begun. What is right for them is what comes out of the others, so that no reference has to run, which takes
// seconds for what a GPU does in a millisecond.
void Match::lend_inputs(int last_touched, int calls) {
  constexpr int kNearest = 4, kMost = 8;
  const int first = last_touched + 2;
  std::vector<int> chosen;
  for (int call = first; call < calls && static_cast<int>(chosen.size()) < kNearest; ++call)
    chosen.push_back(call);
  for (int left = calls - first - kNearest, at = first + kNearest; left > 0; --left, ++at)
    if (static_cast<int>(chosen.size()) < kMost &&
        secrets_.below(static_cast<std::uint64_t>(left)) <
            static_cast<std::uint64_t>(kMost) - chosen.size())
      chosen.push_back(at);
  for (const int call : chosen) {
    // Of a call that keeps its own, whether it has run or not.
    int like = call;
    for (int tries = 0; tries < 64 && std::find(chosen.begin(), chosen.end(), like) != chosen.end();
         ++tries)
      like = static_cast<int>(secrets_.below(static_cast<std::uint64_t>(calls)));
    if (std::find(chosen.begin(), chosen.end(), like) != chosen.end()) continue;
    const Lent lent{static_cast<int>(plan_[static_cast<std::size_t>(call)]),
                    static_cast<int>(plan_[static_cast<std::size_t>(like)])};
    if (buffers_->copy_activations(lent.like, lent.set)) lent_.push_back(lent);
  }
}

// Outputs that are the same bits as those of the call whose inputs they were given are right. Others may be right as well,
// where the order of additions is left to chance: the reference says so, for a few.
void Match::judge_lent(std::span<const Lent> all, const std::vector<std::uint64_t>& after,
                       std::uint64_t draw, std::uint64_t poison, ProgressProbe& seen) {
  constexpr double kReferenceNs = 2e9;
  const int affordable =
      static_cast<int>(std::clamp(kReferenceNs / std::max(1.0, reference_ns_per_call_), 1.0, 8.0));
  int judged = 0;
  for (const Lent& lent : all) {
    const auto set = static_cast<std::size_t>(lent.set);
    if (after[set] == after[static_cast<std::size_t>(lent.like)]) {
      ++seen.swapped;
      continue;
    }
    if (judged++ >= affordable) continue;
    ++seen.swapped;
    buffers_->copy_activations(lent.like, lent.set);
    const bool right = oracle_->right(draw, {&lent.set, 1}, poison).front();
    buffers_->redraw_inputs(options_.key, draw, lent.set);
    if (right) continue;
    ++(oracle_->right(draw, {&lent.set, 1}, poison).front() ? seen.stale : seen.swapped_wrong);
  }
}

// A queue on a GPU cannot be stopped, but the worker's host can, and in this window it hands over one call
// after the other: at most one call is under way when it stands still. Outputs are looked at as they are then,
// after that call.
void Match::probe_on_device(Side& side, int calls) {
  const std::uint64_t draw = next_draw_++;
  std::vector<double> sealed;
  for (const Window& w : side.observation.windows)
    if ((w.kind == WindowKind::one_by_one || w.kind == WindowKind::timed) && w.calls == calls)
      sealed.push_back(static_cast<double>(w.sealed_ns));
  if (sealed.empty()) return;
  const double share = 0.2 + 0.5 * secrets_.uniform();
  const auto pause_ns = static_cast<std::int64_t>(share * stats::median(sealed));

  const std::uint64_t hash_key = secrets_.next();
  const auto outputs_now = [&] {
    buffers_->freeze(calls);
    return buffers_->fingerprints(calls, hash_key);
  };
  std::vector<std::uint64_t> before, middle;
  ProgressProbe seen;
  seen.calls = calls;
  int last_touched = -1;
  lent_.clear();
  std::int64_t stood_still_ns = 0;
  const std::function<void(bool)> look = [&](bool in_the_middle) {
    seen.elapsed_ns = monotonic_ns();
    seen.in_the_middle = in_the_middle;
    middle = outputs_now();
    for (int call = 0; call < calls; ++call) {
      const std::size_t set = plan_[static_cast<std::size_t>(call)];
      if (middle[set] == before[set]) continue;
      ++seen.touched;
      last_touched = call;
    }
    if (in_the_middle && may_lend()) lend_inputs(last_touched, calls);
    stood_still_ns = monotonic_ns() - seen.elapsed_ns;
  };
  const Pausing pausing = [&](std::span<const std::uint32_t> plan, double timeout, Window& window) {
    before = outputs_now();
    return side.worker->run_with_pause(plan, timeout, pause_ns, look, window);
  };
  std::uint64_t poison = 0;
  const Window* window = run_window(side, WindowKind::probe, calls, 0, draw, &poison, &pausing);
  const std::vector<Lent> lent = std::exchange(lent_, {});
  if (window == nullptr || middle.empty() || before.empty()) return;
  seen.elapsed_ns -= window->started_ns;
  seen.active_ns = window->sealed_ns - stood_still_ns;
  const auto after = buffers_->fingerprints(calls, hash_key);
  for (int call = 0; call <= last_touched; ++call) {
    const std::size_t set = plan_[static_cast<std::size_t>(call)];
    if (middle[set] == after[set]) {
      ++seen.complete;
    } else if (middle[set] == before[set]) {
      ++seen.ahead;
    } else if (call < last_touched) {
      ++seen.reopened;
    }
  }
  if (!lent.empty()) judge_lent(lent, after, draw, poison, seen);
  side.observation.probes.push_back(seen);
}

}  // namespace aisp
