#include "judge/oracle.h"

#include <algorithm>
#include <cstring>
#include <numeric>

#include "base/clock.h"
#include "base/parallel.h"

namespace aisp {
namespace {

constexpr std::size_t kShownExamples = 5;

// Baseline and candidate may each be off by the tolerance, in opposite directions.
Tolerance doubled(const Tolerance& t) { return {2 * t.rtol, 2 * t.atol, 2 * t.rms, t.why}; }

bool has_invariants(const Problem& problem) {
  using Function = std::string (*)(const Inputs&, Outputs);
  const Function* plain = problem.validate.get().target<Function>();
  return plain == nullptr || *plain != &no_invariants;
}

void allocate(const Problem& problem, std::vector<ExpectedTensor>& expected) {
  expected.resize(problem.outputs.size());
  for (std::size_t o = 0; o < problem.outputs.size(); ++o) {
    const Tensor& t = problem.outputs[o].tensor;
    const auto n = static_cast<std::size_t>(t.elements());
    if (is_integral(t.dtype)) {
      expected[o].integer.assign(n, 0);
    } else {
      expected[o].real.assign(is_complex(t.dtype) ? 2 * n : n, 0.0);
    }
  }
}

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

std::int64_t Oracle::begin(std::uint64_t draw, int sets, int by_reference, std::uint64_t random) {
  draw_ = draw;
  sets_ = sets;
  baseline_ran_ = false;
  kept_.clear();
  reference_of_.assign(static_cast<std::size_t>(sets), -1);
  by_reference = std::min(by_reference, sets);

  // Which sets: a random subset (partial Fisher-Yates).
  std::vector<int> order(static_cast<std::size_t>(sets));
  std::iota(order.begin(), order.end(), 0);
  for (int i = 0; i < by_reference; ++i) {
    random = random * 6364136223846793005ull + 1442695040888963407ull;
    const auto j = static_cast<std::size_t>(i) +
                   (random >> 33) % static_cast<std::size_t>(sets - i);
    std::swap(order[static_cast<std::size_t>(i)], order[j]);
    reference_of_[static_cast<std::size_t>(order[static_cast<std::size_t>(i)])] = i;
  }
  release_large(by_reference);
  if (expected_.size() < static_cast<std::size_t>(by_reference)) {
    const std::size_t before = expected_.size();
    expected_.resize(static_cast<std::size_t>(by_reference));
    for (std::size_t i = before; i < expected_.size(); ++i) allocate(problem_, expected_[i]);
  }
  const std::int64_t started = monotonic_ns();
  for (int i = 0; i < by_reference; ++i) {
    const int set = order[static_cast<std::size_t>(i)];
    run_reference(problem_, buffers_.input_views(key_, draw, set),
                  expected_[static_cast<std::size_t>(i)]);
  }
  return monotonic_ns() - started;
}

// Small stores are kept from round to round, because new memory costs page faults. Large ones are
// given back when this round has no use for them: the judge stays below twice its buffers.
void Oracle::release_large(int by_reference) {
  constexpr std::uint64_t kLarge = 16u << 20;
  const std::uint64_t bytes =
      buffers_.layout().outputs_set_stride * static_cast<std::uint64_t>(sets_);
  if (bytes < kLarge) return;
  if (by_reference <= 0) expected_ = {};
  if (by_reference == sets_ || by_reference < 0) baseline_ = {};
}

void Oracle::keep(std::vector<std::vector<std::byte>>& outputs, int set) {
  if (outputs.size() < static_cast<std::size_t>(sets_)) outputs.resize(static_cast<std::size_t>(sets_));
  std::vector<std::byte>& bytes = outputs[static_cast<std::size_t>(set)];
  bytes.clear();
  for (const TensorView& view : buffers_.output_views(set)) {
    const auto* begin = static_cast<const std::byte*>(view.data);
    bytes.insert(bytes.end(), begin, begin + view.tensor->storage_bytes());
  }
}

void Oracle::judge(Observation& observation, std::size_t window_index, std::uint64_t poison) {
  Window& window = observation.windows[window_index];
  const bool invariants = has_invariants(problem_);
  const std::size_t outputs = problem_.outputs.size();

  struct SetReport {
    std::vector<CompareStats> stats;
    bool wrong = false;
    std::optional<Damage> damage;
  };
  std::vector<SetReport> reports(static_cast<std::size_t>(sets_));
  const auto check = [&](int set) {
    SetReport& report = reports[static_cast<std::size_t>(set)];
    report.damage = buffers_.find_damage(set, poison);
    if (!by_reference(set)) return;
    const auto& expected =
        expected_[static_cast<std::size_t>(reference_of_[static_cast<std::size_t>(set)])];
    const auto views = buffers_.output_views(set);
    report.stats.resize(outputs);
    for (std::size_t o = 0; o < outputs; ++o) {
      report.stats[o] = compare(problem_.outputs[o].tensor, problem_.outputs[o].tolerance,
                                views[o].data, expected[o], poison);
      report.wrong |= report.stats[o].mismatches != 0;
    }
  };
  if (buffers_.layout().set_bytes() >= (1u << 20)) {
    for (int set = 0; set < sets_; ++set) check(set);
  } else {
    parallel_for(static_cast<std::size_t>(sets_), [&](std::size_t begin, std::size_t end) {
      for (std::size_t set = begin; set < end; ++set) check(static_cast<int>(set));
    });
  }

  for (int set = 0; set < sets_; ++set) {
    SetReport& report = reports[static_cast<std::size_t>(set)];
    for (std::size_t o = 0; o < report.stats.size(); ++o)
      merge(observation.outputs[o].against_reference, report.stats[o]);
    if (report.damage) {
      report.wrong = true;
      if (observation.band_damage.size() < kShownExamples)
        observation.band_damage.push_back({problem_.outputs[report.damage->output].tensor->name,
                                           report.damage->offset_bytes, set});
    }
    if (invariants) {
      const auto inputs = buffers_.input_views(key_, draw_, set);
      const auto got = buffers_.output_views(set);
      const std::string violated =
          problem_.validate.get()(Inputs(inputs, problem_.params), Outputs(got));
      if (!violated.empty()) {
        report.wrong = true;
        if (observation.invariant_violations.size() < kShownExamples)
          observation.invariant_violations.push_back(violated);
      }
    }
    window.calls_wrong += report.wrong ? 1 : 0;
    if (by_reference(set)) {
      ++window.calls_verified;
      ++window.calls_by_reference;
    }
  }

  const bool all_by_reference =
      std::none_of(reference_of_.begin(), reference_of_.end(), [](int r) { return r < 0; });
  if (all_by_reference) return;
  if (observation.is_baseline) {
    for (int set = 0; set < sets_; ++set) {
      if (by_reference(set)) continue;
      keep(baseline_, set);
      ++window.calls_verified;  // it is the oracle of this call, and held to the reference in others
    }
    baseline_ran_ = true;
    return;
  }
  if (baseline_ran_) {
    for (int set = 0; set < sets_; ++set) {
      if (by_reference(set)) continue;
      std::vector<const void*> got;
      for (const TensorView& view : buffers_.output_views(set)) got.push_back(view.data);
      check_against_baseline(observation, window, set, got, poison);
    }
    return;
  }
  Kept& kept = kept_.emplace_back();
  kept.observation = &observation;
  kept.window = window_index;
  kept.poison = poison;
  for (int set = 0; set < sets_; ++set)
    if (!by_reference(set)) keep(kept.outputs, set);
}

void Oracle::check_against_baseline(Observation& observation, Window& window, int set,
                                    const std::vector<const void*>& got, std::uint64_t poison) {
  const std::byte* want = baseline_[static_cast<std::size_t>(set)].data();
  bool wrong = false;
  for (std::size_t o = 0; o < problem_.outputs.size(); ++o) {
    const Tensor& t = problem_.outputs[o].tensor;
    const CompareStats stats =
        compare_same(t, doubled(problem_.outputs[o].tolerance), got[o], want, poison);
    merge(observation.outputs[o].against_baseline, stats);
    wrong |= stats.mismatches != 0;
    want += t.storage_bytes();
  }
  window.calls_wrong += wrong ? 1 : 0;
  ++window.calls_verified;
}

void Oracle::settle() {
  if (baseline_ran_) {
    for (Kept& kept : kept_) {
      for (int set = 0; set < sets_; ++set) {
        if (by_reference(set)) continue;
        std::vector<const void*> got;
        const std::byte* at = kept.outputs[static_cast<std::size_t>(set)].data();
        for (const Output& output : problem_.outputs) {
          got.push_back(at);
          at += output.tensor->storage_bytes();
        }
        check_against_baseline(*kept.observation, kept.observation->windows[kept.window], set, got,
                               kept.poison);
      }
    }
  } else {
    // The baseline ended in this round. Nothing is compared with it any more, so that these windows
    // are no timed ones, and nobody is blamed for calls that could not be verified.
    for (Kept& kept : kept_)
      kept.observation->windows[kept.window].kind = WindowKind::pilot;
  }
  kept_.clear();
}

}  // namespace aisp
