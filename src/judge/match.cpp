#include "judge/match.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <numeric>

#include <fmt/format.h>

#include "base/clock.h"
#include "base/own_threads.h"
#include "guard/guards.h"
#include "judge/turn.h"
#include "stats/order.h"
#include "worker/process_stat.h"

namespace aisp {
namespace {

constexpr int kPilotRounds = 4;
constexpr std::size_t kShownStrays = 5;
// What the reference may take for a window beside the timed ones (one call alone, one by one, plain): above it, the
// window is judged by the baseline's outputs.
constexpr double kDearReferenceNs = 20e6;
// And now and then by the reference, where one call of it does not take longer than this.
constexpr double kMuchDearerNs = 200e6;

double median_window_ns(const Side& side, WindowKind kind, bool done_clock) {
  std::vector<double> values;
  for (const Window& w : side.observation.windows)
    if (w.kind == kind && w.calls == 1)
      values.push_back(static_cast<double>(done_clock ? w.done_ns : w.sealed_ns));
  return values.empty() ? 0 : stats::median(values);
}

}  // namespace

Status Match::start(const std::vector<Contestant>& contestants) {
  const int most_calls = std::min(options_.max_calls_per_window, device_.most_calls_per_window());
  auto buffers = device_.allocate(
      problem_, make_layout(problem_,
                            device_.buffer_budget(options_.buffer_budget_bytes,
                                                  static_cast<int>(contestants.size())),
                            most_calls, device_.host_buffer_budget()));
  if (!buffers) return buffers.error();
  buffers_ = std::move(*buffers);
  verifier_ = make_verifier(problem_, *buffers_);
  oracle_ =
      std::make_unique<Oracle>(problem_, *buffers_, *verifier_, options_.key, options_.golden);
  buffers_->draw_weights(options_.key);
  if (on_device()) {
    const auto ours = device_to_ourselves();
    calibrate_preparing();
  }
  plan_.resize(static_cast<std::size_t>(buffers_->layout().sets));

  const std::int64_t began = monotonic_ns();
  sides_.reserve(contestants.size() + 1);  // observations must not move: the oracle points at them
  for (const Contestant& contestant : contestants) sides_.push_back(make_side(contestant, false));
  sides_.push_back(make_side({"null", Part::reference_serial, options_.null_implementation}, true));
  if (on_device()) launch_all();
  for (Side& side : sides_) start_process(side);
  if (!sides_.back().alive())
    return Error{"start the null implementation, which calibrates the clocks",
                 options_.null_implementation.string(), sides_.back().observation.end_detail,
                 "Run `aisp bench run` from a complete build"};
  processes_ = 1;
  start_ns_ = static_cast<double>(monotonic_ns() - began);
  // A judge that is woken must not wait behind busy threads of the worker. Workers are started
  // already and keep their own priority; without the permission this is skipped, and costs noise.
  setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), -20);
  if (options_.strict && !null().observation.isolation_missing.empty())
    return Error{"judge with --validity-profile strict", "",
                 "isolation is partial here: " +
                     fmt::format("{}", fmt::join(null().observation.isolation_missing, "; ")),
                 "Run as root or where user namespaces are allowed, or accept the weaker "
                 "isolation with --validity-profile portable"};
  return success();
}

// Time enough for anything that is merely slow. The baseline's pilot counts and nobody else's: who
// dawdles there would buy time for later.
double Match::timeout_s(int calls) const {
  const double baseline_ns = median_window_ns(sides_.front(), WindowKind::pilot, true);
  return std::max(options_.call_timeout_s, 20e-9 * baseline_ns * calls);
}

// Cyclic Latin square with a secret start: drift hits all sides alike.
std::vector<std::size_t> Match::secret_order() {
  std::vector<std::size_t> order(sides_.size());
  const std::size_t first = secrets_.below(order.size());
  const bool backwards = secrets_.next() & 1;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const std::size_t k = backwards ? order.size() - 1 - i : i;
    order[i] = (first + k) % order.size();
  }
  return order;
}

// Of the first five timed rounds: those that reference_calls() has judged for certain, at least one call each.
int Match::sure_to_be_judged() const {
  const double affordable = 0.45e9 * options_.time_limit_s / std::max(1.0, reference_ns_per_call_);
  const int most = std::min(guard::kReferenceWindows, options_.max_rounds);
  if (options_.verify_only) return most;
  return std::clamp(static_cast<int>(std::min(affordable, 1e3)), 1, std::max(1, most));
}

// In the first five rounds always some calls, as long as half of the time limit is left for windows: what the reference
// does not judge is held against the baseline, and without rounds there is no interval. From then on as many as cost
// half of what the windows do, on average; how many in this round is a secret coin's, so that what was there before says
// nothing of what comes.
Match::Referenced Match::reference_calls(WindowKind kind, int calls) {
  constexpr double kAllOfThem =
      1.5;  // of the time of the windows: so much, and it judges all calls of all rounds
  constexpr double kShare = 0.5;   // of that time on average, where that is not enough
  constexpr double kLeast = 0.15;  // of the rounds, unless …
  constexpr double kOfLimit =
      0.25;  // … so many of these rounds would take more than this of the time limit
  constexpr double kRounds = 30;
  const double coin =
      secrets_.uniform();  // always: what comes after it is the same for the same key
  const double one_ns = reference_ns_per_call_;
  if (kind == WindowKind::pilot) {
    // Eight of them took flash attention ten seconds. Where it is dear, as many as the timed rounds may not be able to
    // pay for of those that `coverage` asks for; the others are held against the baseline.
    if (one_ns >= kMuchDearerNs &&
        pilots_by_reference_ >= guard::kReferenceWindows - sure_to_be_judged())
      return {0, false};
    ++pilots_by_reference_;
    // Warm-up windows of a device hold many calls of large tensors: one of them tells enough.
    return {on_device() && one_ns * calls > 5e7 ? 1 : calls, false};
  }
  const double least =
      std::min(kLeast, kOfLimit * 1e9 * options_.time_limit_s / kRounds / std::max(1.0, one_ns));
  if (kind != WindowKind::timed) {
    // Windows of a device's many calls as well: the reference took half of a match of 5 s before. On a CPU calls alone are
    // as many as rounds.
    if (one_ns * calls < kDearReferenceNs) return {calls, false};
    const double share = one_ns < kMuchDearerNs ? kLeast : on_device() ? least : 0;
    if (coin >= share) return {0, true};
    return {std::max(1, static_cast<int>(kDearReferenceNs / one_ns)), true};
  }
  const double round_ns =
      timed_rounds_ > 0 ? windows_spent_ns_ / timed_rounds_ : warm_up_ns_per_call_ * calls;
  const bool all_affordable = one_ns * calls <= kAllOfThem * round_ns;
  if (timed_rounds_ < 5) {
    const bool dear = one_ns * calls > 2e8;
    const int some = dear ? std::max(1, static_cast<int>(2e8 / std::max(1.0, one_ns))) : calls;
    const double share_ns = 0.5e9 * options_.time_limit_s;
    const bool too_much = reference_spent_ns_ + one_ns * some > share_ns;
    if (timed_rounds_ == 0 || options_.verify_only || !too_much) return {some, !all_affordable};
  }
  if (all_affordable) return {calls, false};
  const double mean = std::max(kShare * round_ns / one_ns, least);
  return {std::min(calls, static_cast<int>(mean + coin)), true};
}

void Match::note_stray(Side& side, const std::optional<StrayWrite>& stray) {
  auto& recorded = side.observation.band_damage;
  if (stray && recorded.size() < kShownStrays)
    recorded.push_back({problem_.outputs[stray->damage.output].tensor->name,
                        stray->damage.offset_bytes, stray->set});
}

// Where there is no memory for them, that is the judge's failure and nobody else's.
void Match::use_outputs_of(const Side& side) {
  if (const Status used = buffers_->use_outputs(side.outputs); !used)
    throw DeviceFailure(used.error().message());
}

// Sets that a window may use are poisoned before each one.
void Match::look_beyond_windows(Side& side) {
  if (side.is_null) return;
  use_outputs_of(side);
  note_stray(side, buffers_->find_stray_write(prepared_sets_, prepared_sets_, 0));
}

// Where workers could get a writable mapping of the inputs, every window's are looked at.
void Match::note_inputs(Side& side, int calls, std::int64_t changed) {
  for (const TensorPlace& place : buffers_->layout().inputs)
    if (!place.in_outputs_region)
      side.observation.inputs_checked += static_cast<std::int64_t>(place.bytes) * calls;
  side.observation.inputs_changed += changed;
  if (changed > 0) buffers_->draw_weights(options_.key);  // the next one gets what was drawn
}

Window* Match::run_window(Side& side, WindowKind kind, int calls, int position, std::uint64_t draw,
                          std::uint64_t* poison_out, const Pausing* pausing, const Beside& beside) {
  const int sets = beside.before + calls + beside.after;
  const int fresh = beside.word ? calls : sets;  // what is prepared for this window
  use_outputs_of(side);
  const auto ours = device_to_ourselves();
  const auto device_memory = device_.memory();
  const std::uint64_t drawn = secrets_.next();
  const std::uint64_t poison = beside.word.value_or(drawn);
  *poison_out = poison;
  const bool has_weights =
      std::any_of(problem_.inputs.begin(), problem_.inputs.end(),
                  [](const Input& input) { return input.role.get() == Role::weight; });
  // What is found now is nobody's: it was left after a window that was not followed by a look.
  if (on_device() && !side.is_null && buffers_->looks_beyond(poison))
    buffers_->find_stray_write(prepared_sets_, prepared_sets_, 0);
  if (on_device()) {
    // The null implementation, too: its windows follow the same work.
    if (!prepare_on_device(
            side, kind,
            {draw, calls, prepared_sets_, poison, secrets_.next(), options_.cold, has_weights}))
      return nullptr;
  } else if (!side.is_null) {
    if (!buffers_->inputs_sealed()) buffers_->draw_inputs(options_.key, draw, fresh);
    buffers_->poison(options_.key, draw, fresh, poison);
    if (!beside.word) buffers_->prepare_unused(sets, prepared_sets_, poison);
    if (options_.cold && kind == WindowKind::alone)
      buffers_->make_sets_cold(fresh);
    else if (options_.cold)
      buffers_->make_cold(sets, has_weights);
  }
  Window window;
  window.round = rounds_;
  window.process = on_device() || options_.in_process || options_.one_process ? -1 : processes_ - 1;
  window.position = position;
  window.kind = kind;
  if (!side.is_null && !on_device()) {
    window.poison_intact = buffers_->probe_poison(fresh, poison, secrets_.next());
  }
  // The sets in secret order: which buffer comes next cannot be told.
  std::iota(plan_.begin(), plan_.begin() + calls, static_cast<std::uint32_t>(beside.before));
  for (std::size_t i = static_cast<std::size_t>(calls); i-- > 1;)
    std::swap(plan_[i], plan_[secrets_.below(i + 1)]);
  const std::span<const std::uint32_t> plan(plan_.data(), static_cast<std::size_t>(calls));
  if (!on_device()) own_threads_are_quiet();
  const OrderOutcome outcome = pausing != nullptr
                                   ? (*pausing)(plan, timeout_s(calls), window)
                                   : side.worker->run(plan, timeout_s(calls), window);
  if (on_device()) {
    window.poison_intact = side.is_null || prepared_.poison_intact;
    window.prepare_ns = prepared_.took_ns;
    if (kind != WindowKind::probe) note_device_look(calls);  // there, looking is part of it
    last_ran_ = &side;
  }
  const std::string where =
      fmt::format("in {} round {}", kind == WindowKind::pilot ? "warm-up" : "timed", rounds_);
  // Before the judge needs memory itself.
  if (outcome.ok && !count_device_memory(side, device_memory, where)) return nullptr;
  if (device_memory)
    window.device_bytes = static_cast<std::uint64_t>(std::max<std::int64_t>(side.device_bytes, 1));
  // What the judge changed itself is nobody's fault.
  if (outcome.ok)
    for (const Lent& lent : lent_) buffers_->redraw_inputs(options_.key, draw, lent.set);
  Checked checked;
  if (!side.is_null) {
    if (on_device() && outcome.ok)
      checked = buffers_->check_after(options_.key, draw, calls, prepared_sets_, poison);
    else
      checked.stray = buffers_->find_stray_write(sets, prepared_sets_, poison);
    note_stray(side, checked.stray);
  }
  if (!outcome.ok) {
    bury(side, outcome, where);
    return nullptr;
  }
  if (!side.is_null && !buffers_->inputs_sealed())
    note_inputs(side, fresh,
                on_device() ? checked.inputs_changed
                            : buffers_->count_all_changed_inputs(options_.key, draw, fresh));
  side.observation.memory_peak_bytes =
      std::max(side.observation.memory_peak_bytes, side.worker->memory_peak_bytes());
  // Verification takes longer than settling, and collecting can go on beside it: where it follows, it comes first.
  const bool verified_next =
      !side.is_null && (kind == WindowKind::timed || kind == WindowKind::pilot ||
                        kind == WindowKind::alone || kind == WindowKind::plain);
  if (!verified_next) {
    if (!collect_claims(side, window, where)) return nullptr;
    side.worker->settle(window);
  }
  side.observation.windows.push_back(window);
  side.spent_ns += window.sealed_ns;
  return &side.observation.windows.back();
}

bool Match::finish(Side& side, Window& window) {
  if (!collect_claims(side, window, fmt::format("after round {}", rounds_))) return false;
  side.worker->settle(window);
  return true;
}

// An empty window costs the same again and again: once there are enough of a size, one round in four
// has another, so that a change would still be seen.
bool Match::calibrated(int calls) {
  constexpr int kEnough = 40;
  int& seen = null_windows_[calls];
  return seen++ >= kEnough && secrets_.below(4) != 0;
}

void Match::run_round(WindowKind kind, int calls, bool verify) {
  const std::uint64_t draw = next_draw_++;
  const auto [by_reference, later] = verify ? reference_calls(kind, calls) : Referenced{};
  // Where they are drawn for each implementation anyway, only the reference needs them now.
  if (!on_device() || (by_reference > 0 && !later))
    buffers_->draw_inputs(options_.key, draw, calls);
  std::int64_t reference_ns =
      oracle_->begin({draw, calls, by_reference, secrets_.next(), true, later});
  int position = 0;
  const std::int64_t before = monotonic_ns();
  for (const std::size_t index : secret_order()) {
    Side& side = sides_[index];
    if (!side.alive() || (side.is_null && kind == WindowKind::timed && calibrated(calls))) continue;
    const Turn turn(side.took_ns);
    std::uint64_t poison = 0;
    if (kind == WindowKind::alone && !on_device()) {
      const auto beside = warm_up_alone(side);
      if (!side.is_null) buffers_->draw_inputs(options_.key, draw, calls);
      if (!beside ||
          run_window(side, kind, calls, position++, draw, &poison, nullptr, *beside) == nullptr)
        continue;
    } else if (run_window(side, kind, calls, position++, draw, &poison) == nullptr) {
      continue;
    }
    if (side.is_null) continue;
    const bool collect = on_device() && kind != WindowKind::one_by_one;  // that run_window did
    if (collect) begin_collecting(side);
    if (verify) oracle_->judge(side.observation, side.observation.windows.size() - 1, poison);
    Window& window = side.observation.windows.back();
    if (collect) collect_claims(side, window, fmt::format("after round {}", rounds_));
    if (side.alive()) side.worker->settle(window);
  }
  const std::int64_t afterwards_ns = oracle_->settle();
  reference_ns += afterwards_ns;
  const auto windows_ns = static_cast<double>(monotonic_ns() - before - afterwards_ns);
  if (kind == WindowKind::timed) windows_spent_ns_ += windows_ns;
  if (kind == WindowKind::pilot) warm_up_ns_per_call_ = windows_ns / calls;
  if (by_reference > 0 && reference_ns > 0) {
    const double per_call = static_cast<double>(reference_ns) / by_reference;
    reference_ns_per_call_ =
        reference_ns_per_call_ == 0 ? per_call : 0.8 * reference_ns_per_call_ + 0.2 * per_call;
    if (kind == WindowKind::timed) reference_spent_ns_ += static_cast<double>(reference_ns);
  }
  // The judge draws one call's inputs again and looks whether they are still what was drawn. Where they are not
  // sealed that is done after each window (note_inputs), and now whoever came last would be everybody's fault.
  if ((rounds_ == 0 || secrets_.below(8) == 0) && buffers_->inputs_sealed()) {
    oracle_->release();
    const int set = static_cast<int>(secrets_.below(static_cast<std::uint64_t>(calls)));
    const std::int64_t changed = buffers_->count_changed_inputs(options_.key, draw, set);
    std::int64_t bytes = 0;
    for (const TensorPlace& place : buffers_->layout().inputs)
      if (!place.in_outputs_region) bytes += static_cast<std::int64_t>(place.bytes);
    for (Side& side : sides_) {
      side.observation.inputs_checked += bytes;
      side.observation.inputs_changed += changed;
    }
  }
  ++rounds_;
  drop_over_budget();
}

// After rounds as well, and after whatever is asked once they are over: who dawdles then would keep the judge for minutes.
void Match::drop_over_budget() {
  const double budget_s = options_.side_budget_s > 0 ? options_.side_budget_s
                                                     : std::max(60.0, 6 * options_.time_limit_s);
  for (Side& side : sides_) {
    const double spent_s = static_cast<double>(side.spent_ns) * 1e-9;
    if (side.is_null || side.observation.is_baseline || !side.alive() || spent_s <= budget_s)
      continue;
    int calls = 0;
    for (const Window& w : side.observation.windows) calls += w.calls;
    side.worker->quit();
    look_beyond_windows(side);
    bury(side,
         {false, WorkerEnd::over_budget,
          fmt::format("its {} call{} took {:.3g} s and one implementation gets {:.3g} s, six times "
                      "--time-limit or 60 s: raise --time-limit",
                      calls, calls == 1 ? "" : "s", spent_s, budget_s)},
         "");
  }
}

// Whoever takes so long for each call that the time is over after the five rounds that there are at least leaves
// others, who are faster than that, without an interval. It is no fault to be slow: it is judged, by itself.
void Match::let_go_who_starves_others(double (Match::*taken)(const Side&) const, const char* what) {
  constexpr double kRounds = 20, kLeastNs = 1e8, kTimesBaseline = 20;
  const double most_ns = std::max({kLeastNs, options_.time_limit_s * 1e9 / kRounds,
                                   kTimesBaseline * (this->*taken)(sides_.front())});
  const auto slow = [&](const Side& side) { return (this->*taken)(side) > most_ns; };
  const auto judged = [&](const Side& side) {
    return side.alive() && !side.is_null && !side.observation.is_baseline;
  };
  const bool others = std::any_of(sides_.begin(), sides_.end(),
                                  [&](const Side& side) { return judged(side) && !slow(side); });
  if (!others) return;
  for (Side& side : sides_) {
    if (!judged(side) || !slow(side)) continue;
    side.let_go = true;
    side.worker->quit();
    look_beyond_windows(side);
    bury(side,
         {false, WorkerEnd::over_budget,
          fmt::format("{} took {:.3g} s, so that others in its match would not have been timed "
                      "often enough: judge it in a run of its own, or raise --time-limit",
                      what, (this->*taken)(side)*1e-9)},
         "");
  }
}

// On average, and as if there had been five: one pause of the machine is nobody's habit. All that a side makes a round
// take counts, its other windows and what the judge does after them as well, since all of it is taken from the others.
double Match::round_ns(const Side& side) const {
  constexpr int kLeastRounds = 5;
  return static_cast<double>(side.took_ns) / std::max(kLeastRounds, timed_rounds_);
}

std::int64_t Match::lost_ns() const {
  std::int64_t lost = 0;
  for (const Side& side : sides_)
    if (!side.is_null && !side.alive()) lost += side.took_ns;
  return lost;
}

Status Match::pilot() {
  for (Side& side : sides_)
    if (side.alive()) populate(side, 1, "before its first call");
  for (int i = 0; i < kPilotRounds; ++i) {
    run_round(WindowKind::pilot, 1, true);
    if (i == 0) begin_replaying_graphs();
  }
  const int tried = on_device() ? pilot_of_several() : 1;
  if (!null().alive())
    return Error{"calibrate the clocks", "null implementation", null().observation.end_detail, ""};

  if (!on_device()) let_go_who_starves_others(&Match::pilot_call_ns, "a call");
  const NullCost cost = null_cost();
  double fastest = INFINITY;
  double slowest = 1;
  for (const Side& side : sides_) {
    if (side.is_null || !side.alive()) continue;
    const double least = on_device() ? 2000.0 : 20.0;  // the least that launching takes
    const double t = std::max(
        least, (median_done_ns(side, tried) - cost.done_ns(tried)) / static_cast<double>(tried));
    fastest = std::min(fastest, t);
    slowest = std::max(slowest, t);
  }
  if (!std::isfinite(fastest)) return success();  // nobody is left to be timed
  use_windows_of(calls_for(fastest, slowest));
  for (Side& side : sides_) side.took_ns = 0;
  process_began_ns_ = rounds_began_ns_ = monotonic_ns();
  return success();
}

int Match::calls_for(double fastest_ns, double slowest_ns) const {
  // Long enough for the fastest side, not absurd for the slowest one.
  double calls = std::ceil(window_ns() / fastest_ns);
  calls = std::min(calls, std::max(1.0, 40 * window_ns() / slowest_ns));
  calls = std::clamp(calls, 1.0, static_cast<double>(buffers_->layout().sets));
  // Two to seven calls would be too few to look at in the middle and enough to gather: then each call
  // is timed alone, whatever made it so (a long call, large buffers, or somebody slow in the pilot).
  return calls < guard::kProgressCalls ? 1 : static_cast<int>(calls);
}

void Match::use_windows_of(int calls) {
  calls_many_ = calls;
  calls_few_ = calls_many_ == 1 ? 1 : std::max(1, calls_many_ / (on_device() ? 4 : 2));
  prepared_sets_ = std::max(prepared_sets_, calls_many_);  // known to workers, once and for all
  for (Side& side : sides_)
    if (side.alive()) populate(side, calls_many_, "before its timed calls");
  // The first full window of everybody pays for page tables and pools; it is a warm-up like others.
  run_round(WindowKind::pilot, calls_many_, true);
}

// Who dawdles in the pilot leaves everybody windows of one call, in which short calls cannot be told apart.
// It has to go on dawdling, in half of all rounds, to keep it so.
void Match::plan_again() {
  constexpr std::size_t kLast = 3;
  const NullCost cost = null_cost();
  double fastest = INFINITY;
  double slowest = 1;
  for (const Side& side : sides_) {
    if (side.is_null || !side.alive()) continue;
    std::vector<double> done;
    for (auto w = side.observation.windows.rbegin();
         w != side.observation.windows.rend() && done.size() < kLast; ++w)
      if (w->kind == WindowKind::timed) done.push_back(static_cast<double>(w->done_ns));
    if (done.size() < kLast) return;
    const double t = std::max(on_device() ? 2000.0 : 20.0, stats::median(done) - cost.done_ns(1));
    fastest = std::min(fastest, t);
    slowest = std::max(slowest, t);
  }
  if (!std::isfinite(fastest)) return;
  if (const int calls = calls_for(fastest, slowest); calls > 1) use_windows_of(calls);
}

double Match::timed_call_ns(const Side& side, const NullCost& cost) const {
  std::vector<double> done;
  for (const Window& w : side.observation.windows)
    if (w.kind == WindowKind::timed && w.calls > 0)
      done.push_back((static_cast<double>(w.done_ns) - cost.done_ns(w.calls)) / w.calls);
  return done.empty() ? 0 : std::max(on_device() ? 2000.0 : 20.0, stats::median(done));
}

// By what was timed: whoever makes windows short may stop in time.
bool Match::wants_own_match(const Side& side) const {
  constexpr int kShorter = 2;
  if (side.is_null || side.observation.is_baseline) return false;
  if (side.let_go) return true;
  const NullCost cost = null_cost();
  const double own = timed_call_ns(side, cost);
  const double baseline = timed_call_ns(sides_.front(), cost);
  if (own == 0 || baseline == 0) return false;
  std::vector<double> used;
  for (const Window& w : side.observation.windows)
    if (w.kind == WindowKind::timed) used.push_back(w.calls);
  const double fastest = std::min(own, baseline);
  double slowest = std::max(own, baseline);
  const int by_itself = calls_for(fastest, slowest);
  for (const Side& other : sides_)
    if (!other.is_null) slowest = std::max(slowest, timed_call_ns(other, cost));
  return by_itself >= kShorter * calls_for(fastest, slowest) &&
         by_itself >= kShorter * stats::median(used);
}

double Match::median_done_ns(const Side& side, int calls) const {
  std::vector<double> values;
  for (const Window& w : side.observation.windows)
    if (w.kind == WindowKind::pilot && w.calls == calls)
      values.push_back(static_cast<double>(w.done_ns));
  return values.empty() ? 0 : stats::median(values);
}

std::int64_t Match::own_cpu_ns() const {
  rusage self{};
  rusage ended{};
  getrusage(RUSAGE_SELF, &self);
  getrusage(RUSAGE_CHILDREN, &ended);
  std::int64_t total = 0;
  for (const timeval& t : {self.ru_utime, self.ru_stime, ended.ru_utime, ended.ru_stime})
    total += static_cast<std::int64_t>(t.tv_sec) * 1'000'000'000 + t.tv_usec * 1'000;
  for (const Side& side : sides_)
    if (side.alive() && side.worker->pid() > 0) total += process_cpu_ns(side.worker->pid());
  return total;
}

void Match::round() {
  if (!enduring_ && is_time_to_restart()) restart();
  if (interrupted()) return;
  if (calls_many_ == 1 && timed_rounds_ % 4 == 3) plan_again();
  // A stream for each round: --key repeats its order whatever number of calls the windows hold.
  std::destroy_at(&secrets_);
  std::construct_at(&secrets_, options_.key,
                    kSecretsNonce - 1 - static_cast<std::uint64_t>(timed_rounds_));
  run_round(WindowKind::timed, secrets_.next() & 1 ? calls_many_ : calls_few_, true);
  ++timed_rounds_;
  ++process_rounds_;
  if (on_device()) {
    now_and_then_one_by_one();
    now_and_then_plain();
  }
  const std::uint64_t one_in = !on_device() ? 2 : alone_rounds_ < kAloneRounds ? 3 : 16;
  if (calls_many_ > 1 && secrets_.below(one_in) == 0) run_alone();
  look_in_the_middle();
  // Who was quick in the pilot may dawdle now.
  if (!on_device()) let_go_who_starves_others(&Match::round_ns, "its part of a round");
}

}  // namespace aisp
