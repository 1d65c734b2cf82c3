#include "judge/oracle.h"

#include <algorithm>
#include <numeric>

#include "base/clock.h"
#include "problem/loader.h"

namespace aisp {
namespace {

constexpr std::size_t kShownExamples = 5;
constexpr double kLeastFactor = 1.1;     // of the tolerance, against the baseline's output
constexpr int kFewBaselineCalls = 5;     // whose errors say little of the others'
constexpr double kBaselineMargin = 1.5;  // the largest of a hundred errors, and of ten thousand

void run_reference(const Problem& problem, const std::vector<TensorView>& views,
                   std::vector<ExpectedTensor>& expected) {
  std::vector<std::span<double>> reals;
  std::vector<std::span<std::int64_t>> integers;
  for (ExpectedTensor& e : expected) {
    reals.emplace_back(e.real);
    integers.emplace_back(e.integer);
  }
  problem.reference.get()(Inputs(views, problem.params), Expected(reals, integers));
}

}  // namespace

std::int64_t Oracle::begin(const Round& round) {
  round_ = round;
  const int sets = round.sets;
  const int by_reference = round_.by_reference = std::clamp(round.by_reference, 0, sets);
  baseline_ran_ = false;
  kept_.clear();
  stores_used_ = kBaseline + 1;

  // Which sets: a random subset (partial Fisher-Yates).
  std::vector<int> order(static_cast<std::size_t>(sets));
  std::iota(order.begin(), order.end(), 0);
  all_ = order;
  std::uint64_t random = round.random;
  for (int i = 0; i < by_reference; ++i) {
    random = random * 6364136223846793005ull + 1442695040888963407ull;
    const auto j =
        static_cast<std::size_t>(i) + (random >> 33) % static_cast<std::size_t>(sets - i);
    std::swap(order[static_cast<std::size_t>(i)], order[j]);
  }
  referenced_.assign(order.begin(), order.begin() + by_reference);
  others_.assign(order.begin() + by_reference, order.end());
  // Neighbours can be compared in one go.
  std::sort(referenced_.begin(), referenced_.end());
  std::sort(others_.begin(), others_.end());
  // Copies from a device take 0.2 s for 800 MB. Where the reference waits, as many in every round.
  if (buffers_.views_are_free())
    validated_ = all_;
  else if (!round.later)
    validated_ = referenced_;
  else if (sets > 0)
    validated_ = {static_cast<int>(round.random % static_cast<std::uint64_t>(sets))};
  slots_.resize(referenced_.size());
  std::iota(slots_.begin(), slots_.end(), 0);
  release_large(by_reference);
  return round.later ? 0 : ask_reference();
}

std::int64_t Oracle::ask_reference() {
  const std::int64_t started = monotonic_ns();
  for (const int slot : slots_) {
    const int set = referenced_[static_cast<std::size_t>(slot)];
    auto& expected = verifier_.expected(slot);
    const auto ask = [&] {
      run_reference(problem_, buffers_.input_views(key_, round_.draw, set), expected);
    };
    if (golden_ != nullptr && round_.as_drawn)
      golden_->expect(round_.draw, set, expected, ask);
    else
      ask();
    verifier_.expected_done(slot);
  }
  return monotonic_ns() - started;
}

bool Oracle::are_large() const {
  constexpr std::uint64_t kLarge = 16u << 20;
  return buffers_.layout().outputs_set_stride * static_cast<std::uint64_t>(round_.sets) >= kLarge;
}

// Small stores are kept from round to round, because new memory costs page faults. Large ones are
// given back when this round has no use for them: the judge stays below twice its buffers.
void Oracle::release_large(int by_reference) {
  if (!are_large() || (round_.later && by_reference >= 0)) return;
  if (by_reference <= 0) verifier_.release_expected();
  verifier_.release_stores(by_reference == round_.sets || by_reference < 0 ? kBaseline
                                                                           : kBaseline + 1);
}

std::string Oracle::violated_invariant(int set) {
  const auto inputs = buffers_.input_views(key_, round_.draw, set);
  const auto got = buffers_.output_views(set);
  return problem_.validate.get()(Inputs(inputs, problem_.params), Outputs(got));
}

void Oracle::judge(Observation& observation, std::size_t window_index, std::uint64_t poison) {
  Window& window = observation.windows[window_index];
  std::vector<bool> wrong(all_.size(), false);

  const auto damage = verifier_.find_damage(round_.sets, poison);
  for (const int set : all_) {
    const auto& found = damage[static_cast<std::size_t>(set)];
    if (!found) continue;
    wrong[static_cast<std::size_t>(set)] = true;
    if (observation.band_damage.size() < kShownExamples)
      observation.band_damage.push_back(
          {problem_.outputs[found->output].tensor->name, found->offset_bytes, set});
  }

  if (states_invariants(problem_)) {
    for (const int set : validated_) {
      ++observation.calls_validated;
      const std::string violated = violated_invariant(set);
      if (violated.empty()) continue;
      wrong[static_cast<std::size_t>(set)] = true;
      if (observation.invariant_violations.size() < kShownExamples)
        observation.invariant_violations.push_back(violated);
    }
  }
  if (round_.later) {
    // The same for everybody, whatever is to be judged by whom.
    const auto store = observation.is_baseline ? kBaseline : stores_used_++;
    verifier_.keep(store, all_);
    baseline_ran_ |= observation.is_baseline;
    kept_.push_back({&observation, window_index, poison, store, std::move(wrong)});
    return;
  }
  check_against_reference(observation, window, Verifier::kInBuffers, poison, wrong);
  if (others_.empty()) return;
  if (observation.is_baseline) {
    verifier_.keep(kBaseline, others_);
    // It is the oracle of these calls, and held to the reference in others.
    window.calls_verified += static_cast<int>(others_.size());
    baseline_ran_ = true;
  } else if (baseline_ran_) {
    check_against_baseline(observation, window, Verifier::kInBuffers, poison);
  } else {
    const auto store = stores_used_++;
    verifier_.keep(store, others_);
    kept_.push_back({&observation, window_index, poison, store, {}});
  }
}

void Oracle::check_against_reference(Observation& observation, Window& window, Verifier::Store got,
                                     std::uint64_t poison, std::vector<bool>& wrong) {
  const auto stats = verifier_.compare_expected(got, referenced_, slots_, poison);
  for (std::size_t i = 0; i < stats.size(); ++i)
    for (std::size_t o = 0; o < stats[i].size(); ++o) {
      merge(observation.outputs[o].against_reference, stats[i][o]);
      if (observation.is_baseline && o == 0) ++baseline_judged_;
      if (observation.is_baseline)
        baseline_used_ = std::max(baseline_used_, stats[i][o].max_allowed_ratio);
      if (stats[i][o].mismatches != 0) wrong[static_cast<std::size_t>(referenced_[i])] = true;
    }
  window.calls_verified += static_cast<int>(referenced_.size());
  window.calls_by_reference += static_cast<int>(referenced_.size());
  window.calls_wrong += static_cast<int>(std::count(wrong.begin(), wrong.end(), true));
}

std::vector<bool> Oracle::right(std::uint64_t draw, std::span<const int> sets,
                                std::uint64_t poison) {
  std::vector<int> slots(sets.size());
  std::iota(slots.begin(), slots.end(), 0);
  for (const int slot : slots) {
    const int set = sets[static_cast<std::size_t>(slot)];
    run_reference(problem_, buffers_.input_views(key_, draw, set), verifier_.expected(slot));
    verifier_.expected_done(slot);
  }
  std::vector<bool> right;
  for (const auto& outputs : verifier_.compare_expected(Verifier::kInBuffers, sets, slots, poison))
    right.push_back(std::none_of(outputs.begin(), outputs.end(),
                                 [](const CompareStats& s) { return s.mismatches != 0; }));
  return right;
}

void Oracle::check_against_baseline(Observation& observation, Window& window, Verifier::Store got,
                                    std::uint64_t poison) {
  // Baseline and candidate may each be off, in opposite directions: the candidate by the tolerance, the baseline by
  // somewhat more than it was seen to be where the reference judged it. A worker can tell by the pause before its
  // window that the reference has not run; more than that would be a gift to whoever is careless then.
  const double factor = baseline_judged_ < kFewBaselineCalls
                            ? 2
                            : std::clamp(1 + kBaselineMargin * baseline_used_, kLeastFactor, 2.0);
  for (const auto& outputs : verifier_.compare_kept(got, kBaseline, others_, factor, poison)) {
    bool wrong = false;
    for (std::size_t o = 0; o < outputs.size(); ++o) {
      merge(observation.outputs[o].against_baseline, outputs[o]);
      wrong |= outputs[o].mismatches != 0;
    }
    window.calls_wrong += wrong ? 1 : 0;
    ++window.calls_verified;
  }
}

std::int64_t Oracle::settle() {
  std::int64_t reference_ns = 0;
  if (round_.later && !kept_.empty()) {
    // Whoever could write to inputs must not have chosen those of the reference.
    if (!referenced_.empty() && !buffers_.inputs_sealed())
      buffers_.draw_inputs(key_, round_.draw, round_.sets);
    reference_ns = ask_reference();
    for (Kept& kept : kept_)
      check_against_reference(*kept.observation, kept.observation->windows[kept.window], kept.store,
                              kept.poison, kept.wrong);
    // Now: in begin() it would be a pause before windows.
    if (are_large()) verifier_.release_expected();
  }
  for (const Kept& kept : kept_) {
    Window& window = kept.observation->windows[kept.window];
    if (others_.empty()) continue;
    if (kept.observation->is_baseline) window.calls_verified += static_cast<int>(others_.size());
    // Where the baseline ended in this round, nothing is compared with it any more: these windows
    // are no timed ones, and nobody is blamed for calls that could not be verified.
    else if (baseline_ran_)
      check_against_baseline(*kept.observation, window, kept.store, kept.poison);
    else
      window.kind = WindowKind::pilot;
  }
  kept_.clear();
  return reference_ns;
}

}  // namespace aisp
