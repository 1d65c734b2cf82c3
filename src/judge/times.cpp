#include "judge/times.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "guard/device_times.h"
#include "stats/order.h"

namespace aisp {
namespace {

// Who serves the protocol without the agent saves that once a window, and it looks like a saving: measured,
// 1.2 µs between windows of thousands of calls and 3.0 µs between small ones on one host, 5 to 8 on a slower one, so it is
// measured in each match as well and is this at the least (between the two: with 3 and 4 µs, four chains that overlap and fetch
// ahead had low ends 6 and 7 % above honest code's estimate).
constexpr double kLeastAgentWindowNs = 6000;
constexpr double kAgentConfidence = 0.99;

// What of a window of the null implementation is its own work: on a device it waits for a known time, which
// the device recorded, and what is left is the cost of the window.
double own_work_ns(const Window& w) {
  return w.device_ns >= 0 || w.activity_ns >= 0 ? static_cast<double>(w.claim_ns) : 0;
}
double overhead_claimed_ns(const Window& w) {
  return static_cast<double>(w.claim_ns) - own_work_ns(w);
}

// Linear between the sizes that were run, and by the last slope beyond them.
double interpolate(double x, double x0, double y0, double x1, double y1) {
  return x1 == x0 ? y0 : y0 + (y1 - y0) * (x - x0) / (x1 - x0);
}

}  // namespace

NullCost::NullCost(const std::vector<Window>& windows, std::span<const double> agent_ns,
                   double frozen_call_ns) {
  calibration_.frozen_call_ns = frozen_call_ns;
  calibration_.agent_window_ns = kLeastAgentWindowNs;
  if (!agent_ns.empty()) {
    // Its upper end: what the noise leaves open is not believed.
    const auto interval = stats::median_interval(agent_ns, kAgentConfidence);
    const double most =
        interval ? interval->high : *std::max_element(agent_ns.begin(), agent_ns.end());
    calibration_.agent_window_ns = std::max(kLeastAgentWindowNs, most);
  }
  std::map<int, std::vector<const Window*>> groups;
  std::vector<double> alone;
  for (const Window& w : windows) {
    if (w.calls <= 0 || w.kind == WindowKind::one_by_one || w.kind == WindowKind::plain) continue;
    if (w.kind == WindowKind::alone && w.device_ns < 0 && w.activity_ns < 0)
      alone.push_back(static_cast<double>(w.sealed_ns));
    else
      groups[w.calls].push_back(&w);
  }
  if (!alone.empty()) calibration_.alone_ns = *(alone_ns_ = stats::median(alone));
  for (const auto& [calls, group] : groups) {
    std::vector<double> sealed, done, claim;
    for (const Window* w : group) {
      sealed.push_back(static_cast<double>(w->sealed_ns) - own_work_ns(*w));
      done.push_back(static_cast<double>(w->done_ns) - own_work_ns(*w));
      claim.push_back(overhead_claimed_ns(*w));
    }
    by_calls_[calls] = {stats::median(sealed), stats::median(done), stats::median(claim)};
  }
  if (by_calls_.empty()) return;

  // Noise from the windows with the fewest calls: there the hand-over is all there is.
  std::vector<double> sealed, done;
  for (const Window* w : groups.begin()->second) {
    sealed.push_back(static_cast<double>(w->sealed_ns) - own_work_ns(*w));
    done.push_back(static_cast<double>(w->done_ns) - own_work_ns(*w));
  }
  const auto& [fewest, first] = *by_calls_.begin();
  const auto& [most, last] = *by_calls_.rbegin();
  calibration_.per_call_ns = most > fewest ? (last.sealed - first.sealed) / (most - fewest) : 0;
  const double extra = (fewest - 1) * calibration_.per_call_ns;
  calibration_.handover_ns = first.done - extra;
  calibration_.handover_p99_ns = stats::quantile(done, 0.99) - extra;
  calibration_.sealed_ns = first.sealed - extra;
  calibration_.sealed_mad_ns = stats::median_absolute_deviation(sealed);
  // Of the largest windows, since their claims are what guards look at: there a pair of clock reads costs
  // half of what it does in a window of one call.
  calibration_.claim_overhead_ns = last.claim / most;
  calibration_.windows = static_cast<int>(windows.size());
  calibrate_device(windows);
  calibrate_plain(windows);
}

// Nothing is recorded in plain windows: its own work is what it takes in others.
void NullCost::calibrate_plain(const std::vector<Window>& windows) {
  std::vector<double> own;
  std::map<int, std::vector<double>> plain, done;
  for (const Window& w : windows) {
    if (w.kind == WindowKind::timed && w.calls > 0 && (w.device_ns >= 0 || w.activity_ns >= 0))
      own.push_back(static_cast<double>(w.claim_ns) / w.calls);
    if (w.kind != WindowKind::plain || w.calls <= 0) continue;
    plain[w.calls].push_back(static_cast<double>(w.sealed_ns));
    done[w.calls].push_back(static_cast<double>(w.done_ns));
  }
  if (own.empty()) return;
  for (const auto& [calls, sealed] : plain)
    plain_[calls] = stats::median(sealed) - calls * stats::median(own);
  if (plain_.empty()) return;
  if (const auto alone = plain_ns(1)) calibration_.plain_alone_ns = *alone;
  const auto& [calls, cost] = *plain_.rbegin();
  plain_gap_ns_ =
      std::max(0.0, (cost - calibration_.sealed_ns) / calls - calibration_.frozen_call_ns);
  // Until DONE there is no copy of outputs in it, and a window of one call has as few marks and records.
  if (calls == 1 || !done.contains(1)) return;
  const double more = stats::median(done[calls]) - stats::median(done[1]);
  plain_gap_ns_ = std::max(0.0, more / (calls - 1) - stats::median(own));
}

// Only where a device recorded times.
void NullCost::calibrate_device(const std::vector<Window>& windows) {
  // Of timed windows: the pilot may have had larger ones, and none of them is waited for call by call.
  int most = 0;
  for (const Window& w : windows)
    if (w.kind == WindowKind::timed) most = std::max(most, w.calls);
  if (most == 0) most = by_calls_.rbegin()->first;
  std::vector<double> host, one_by_one, prepare, sealed, lead, awake, resumed;
  std::map<int, std::vector<double>> timed;
  for (const Window& w : windows) {
    if (w.device_ns < 0 && w.activity_ns < 0) continue;
    if (w.kind == WindowKind::timed)
      timed[w.calls].push_back(static_cast<double>(w.sealed_ns) - own_work_ns(w));
    if (w.calls != most) continue;
    if (w.kind == WindowKind::one_by_one) {
      one_by_one.push_back((static_cast<double>(w.sealed_ns) - own_work_ns(w)) / w.calls);
      continue;
    }
    host.push_back(static_cast<double>(w.claim_span_ns) / w.calls);
    sealed.push_back(static_cast<double>(w.sealed_ns) - own_work_ns(w));
    lead.push_back(static_cast<double>(w.lead_ns));
    awake.push_back(static_cast<double>(w.awake_ns));
    resumed.push_back(static_cast<double>(w.resumed_ns));
    if (w.prepare_ns > 0) prepare.push_back(static_cast<double>(w.prepare_ns));
  }
  if (host.empty()) return;
  calibration_.host_call_ns = stats::median(host);
  calibration_.lead_ns = stats::median(lead);
  calibration_.awake_ns = stats::median(awake);
  calibration_.resumed_ns = stats::median(resumed);
  // Of the windows that count; there are only a few of one call.
  calibration_.sealed_mad_ns = stats::median_absolute_deviation(sealed);
  calibration_.windows = static_cast<int>(sealed.size());
  // As the slope is taken, between timed windows of two sizes: warm-up windows take longer.
  calibration_.added_call_ns = calibration_.per_call_ns;
  if (timed.size() > 1) {
    const auto& [few, small] = *timed.begin();
    const auto& [many, large] = *timed.rbegin();
    calibration_.added_call_ns = (stats::median(large) - stats::median(small)) / (many - few);
  }
  if (!prepare.empty()) {
    calibration_.prepare_ns = stats::median(prepare);
    calibration_.prepare_mad_ns = stats::median_absolute_deviation(prepare);
  }
  if (one_by_one.empty()) return;
  calibration_.one_by_one_call_ns = stats::median(one_by_one);
}

NullCost::Cost NullCost::at(int calls) const {
  if (by_calls_.empty()) return {};
  const auto above = by_calls_.lower_bound(calls);
  if (above != by_calls_.end() && above->first == calls) return above->second;
  if (by_calls_.size() == 1) return by_calls_.begin()->second;
  auto high = above == by_calls_.end() ? std::prev(above) : above;
  if (high == by_calls_.begin()) ++high;
  const auto low = std::prev(high);
  const auto between = [&](double Cost::*part) {
    return interpolate(calls, low->first, low->second.*part, high->first, high->second.*part);
  };
  return {between(&Cost::sealed), between(&Cost::done), between(&Cost::claim)};
}

double NullCost::sealed_ns(int calls) const { return at(calls).sealed; }
double NullCost::alone_ns() const { return alone_ns_.value_or(at(1).sealed); }
std::optional<double> NullCost::plain_ns(int calls) const {
  const auto found = plain_.find(calls);
  return found == plain_.end() ? std::nullopt : std::optional<double>(found->second);
}
double NullCost::marked_gap_ns() const {
  return std::max(0.0, std::max(calibration_.added_call_ns, calibration_.per_call_ns) -
                           calibration_.frozen_call_ns);
}
double NullCost::done_ns(int calls) const { return at(calls).done; }
double NullCost::claim_ns(int calls) const { return at(calls).claim; }
Calibration NullCost::calibration() const { return calibration_; }

double sealed_per_call(const Window& w, const NullCost& null_cost) {
  const double overhead =
      w.kind == WindowKind::alone ? null_cost.alone_ns() : null_cost.sealed_ns(w.calls);
  return (static_cast<double>(w.sealed_ns) - overhead) / w.calls;
}

double plain_per_call(const Window& w, const NullCost& null_cost) {
  const auto cost = null_cost.plain_ns(w.calls);
  if (!cost) return sealed_per_call(w, null_cost);
  return (static_cast<double>(w.sealed_ns) - *cost) / w.calls;
}

double done_per_call(const Window& w, const NullCost& null_cost) {
  return (static_cast<double>(w.done_ns) - null_cost.done_ns(w.calls)) / w.calls;
}

double claim_per_call(const Window& w, const NullCost& null_cost) {
  return (static_cast<double>(w.claim_ns) - null_cost.claim_ns(w.calls)) / w.calls;
}

double least_per_call(const Window& w, const Calibration& c) {
  return std::max({1e-3, c.per_call_ns - c.frozen_call_ns, c.sealed_mad_ns / w.calls});
}

double Pairs::of_means() const {
  constexpr double kLeftOut = 0.05;
  if (baseline.empty()) return 0;
  const double b = stats::median(baseline), c = stats::median(candidate);
  if (!(b > 0) || !(c > 0)) return 0;
  std::vector<std::size_t> order(baseline.size());
  std::iota(order.begin(), order.end(), 0u);
  const auto longest = [&](std::size_t i) { return std::max(baseline[i] / b, candidate[i] / c); };
  std::sort(order.begin(), order.end(),
            [&](std::size_t i, std::size_t j) { return longest(i) < longest(j); });
  if (order.size() >= 10)
    order.resize(order.size() -
                 std::max<std::size_t>(
                     1, static_cast<std::size_t>(kLeftOut * static_cast<double>(order.size()))));
  double of_baseline = 0, of_candidate = 0;
  for (const std::size_t i : order) {
    of_baseline += baseline[i];
    of_candidate += candidate[i];
  }
  return of_candidate > 0 ? of_baseline / of_candidate : 0;
}

double unpaid_per_call(const Window& w, const Calibration& c) {
  return std::max(0.0, c.per_call_ns - c.frozen_call_ns) + c.agent_window_ns / w.calls;
}

// Measured, beside builds: honest ones saved alone what they save in a row, or more, within the noise of
// `saved` (rowsum 433 of 436 µs, axpby 81 of 53).
//
// Waking a second thread took 15 us of calls of 16 us, so that one thread which overlapped calls was believed to have saved 25 of
// 16 us: 1.8 [1.7 1.9] where honest code reaches 1.04. The low end believes next to nothing of that, whoever has threads, too: one
// that sleeps costs nothing. The limits are reasoned. Where the baseline has one thread, what it takes longer is the same memory, cold, for both: 29 us for it and 19
// for a candidate that takes 18 in a row (testbed:inplace).
AloneGrant granted_on_a_cpu(const Calibration& calibration, bool baseline_has_threads,
                            bool candidate_has_threads) {
  AloneGrant grant{100, 0.03, calibration.agent_window_ns};
  grant.bias_ns = 1e3;
  // Honest calls of 29 µs took 2 to 5 longer alone (128 KiB of inputs, on a loud host). What threads take to wake up is granted below.
  grant.estimate_share = baseline_has_threads ? grant.cold_share : 0.2;
  if (!baseline_has_threads) return grant;
  grant.low_longer_ns = 2e3;
  grant.low_longer_share = 0.03;
  if (!candidate_has_threads) {
    grant.longer_ns = 10e3;
    grant.longer_share = 0.1;
  }
  return grant;
}

// Kernels find their code and tables in none of the caches when they come alone, and code differs in size. On an H200
// (docs/measurements/2026-11-27-h200.md) 71 of 88 rows took at most 0.5 µs and 2 % longer alone than in a queue, the other 17 2.4 to
// 24.9 % (the largest ones cuBLAS). Less what their baselines took longer, of no version of ours more than 2.9 % of the baseline's time
// was left, but where baselines of thousands of launches vary by half.
AloneGrant granted_on_a_device() {
  AloneGrant grant{500, 0.05, 0, 0.02};
  grant.estimate_share = 0.25;
  return grant;
}

stats::Interval lower_of(const stats::Interval& a, const stats::Interval& b) {
  const stats::Interval& lower = a.estimate < b.estimate ? a : b;
  return {lower.estimate, std::min(a.low, b.low), lower.high};
}

double recorded_alone(const Window& w, const NullCost& null_cost) {
  // As `claim` on a device grants a window.
  constexpr double kHandOverNs = 25e3;
  return std::max(static_cast<double>(w.claim_ns), sealed_per_call(w, null_cost) - kHandOverNs);
}

double recorded_in_a_row(const Window& w, const NullCost& null_cost, double undercounted_ns,
                         double hiding_ns) {
  const double claim = static_cast<double>(w.claim_ns) / w.calls;
  const double sealed = sealed_per_call(w, null_cost) + undercounted_ns;
  const double tolerance =
      guard::kDeviceWindowNs / w.calls + guard::kDeviceCallNs + guard::kBelievedShare * claim;
  if (sealed - tolerance <= hiding_ns) return claim;
  return std::max(claim, sealed - tolerance);
}

// Of a call of the candidate alone: what the baseline is believed to have shown of what it costs to begin cold. Reasoned.
constexpr double kLentAtMost = 0.75;
// What a baseline that is many times as slow takes longer alone by a few per cent is more than a whole call of the candidate. Reasoned.
constexpr double kLentTimes = 3, kLowLentTimes = 2;

double hold_to_alone(stats::Interval& speedup, const Pairs& in_a_row, const Pairs& alone,
                     double confidence, const AloneGrant& grant) {
  if (alone.baseline.empty() || in_a_row.baseline.empty()) return 0;
  std::vector<double> saved;
  for (std::size_t i = 0; i < alone.baseline.size(); ++i)
    saved.push_back(alone.baseline[i] - alone.candidate[i]);
  const double baseline = stats::median(in_a_row.baseline);
  if (!(speedup.estimate > 0)) return 0;
  // What is reported is held, by whatever statistic it came about: of the windows, or of processes, in each of which most
  // windows may be honest.
  const double queued = baseline / speedup.estimate;
  const double in_a_row_saved = baseline - queued;
  if (in_a_row_saved <= 0) return 0;
  const double candidate_alone = stats::median(alone.candidate);
  if (candidate_alone - queued <= grant.cold_ns + grant.own_share * queued) return 0;
  const auto interval_of = [&](const std::vector<double>& values) {
    const auto [least, most] = std::minmax_element(values.begin(), values.end());
    return stats::median_interval(values, confidence)
        .value_or(stats::Interval{stats::median(values), *least, *most});
  };
  stats::Interval least = interval_of(saved);
  const double baseline_alone = stats::median(alone.baseline);
  // Of what the baseline takes longer alone (less than 0: in a row), what says something about the candidate.
  const double drift = grant.cold_share * std::max(0.0, baseline - candidate_alone);
  // Nor is the candidate's share of it believed to be more than `times` the baseline's.
  const auto lent = [&](double longer, double ns, double share, double times) {
    const double own = std::max(0.0, candidate_alone);
    const double most = std::min({std::max(0.0, std::abs(longer) - drift), kLentAtMost * own,
                                  times * std::abs(longer) * own / baseline});
    return longer < 0 ? -most : std::min(most, ns + share * baseline);
  };
  const double longer = baseline_alone - baseline;
  // Where the baseline takes less alone, what is saved alone counts as it is: that is the lower.
  const double not_lent =
      std::max(0.0, longer - lent(longer, grant.longer_ns, grant.longer_share, kLentTimes));
  const double low_not_lent = std::max(
      0.0, longer - lent(longer, grant.low_longer_ns, grant.low_longer_share, kLowLentTimes));
  double least_for_estimate = least.low - not_lent;
  least = {least.estimate - not_lent, least.low - low_not_lent, least.high - not_lent};
  // Where calls in a row are dearer (the first ones of a window find weights in no cache), what is saved of them may be, too; the low
  // end does not believe it, since both may share that.
  const double dearer = baseline_alone > 0 ? std::max(1.0, baseline / baseline_alone) : 1;
  for (double* const saved_ns : {&least.estimate, &least.high, &least_for_estimate})
    if (*saved_ns > 0) *saved_ns *= dearer;
  const double allowed = grant.cold_ns + grant.cold_share * std::min(baseline, candidate_alone);
  // Without the agent something is saved as well. What the noise of these windows leaves open is not
  // believed either: with the upper end here, calls of 1.6 µs that overlapped came out "1.98 [1.74 2.01]". That of a slow
  // baseline is more than a call of the candidate, which counts by itself then.
  const double by_itself = interval_of(alone.candidate).high -
                           lent(std::min(longer, interval_of(alone.baseline).low - baseline),
                                grant.low_longer_ns, grant.low_longer_share, kLowLentTimes);
  const double needed = std::min(baseline - least.low, by_itself) + grant.unpaid_ns;
  if (queued >= needed - allowed) return 0;
  speedup.low = std::min(speedup.low, baseline / needed);
  // Of short calls these windows say little, and least of all an estimate.
  const double bias = std::min(grant.bias_ns, 0.2 * baseline);
  const bool vague = least.high - least.low > 0.5 * baseline;
  // Who surely saves more in a row than alone is believed the least of what it may save alone: with the median and the bias, calls that
  // overlap had estimates of 2.65 to 3.1 where honest code has 2.5 (2026-11-28).
  const bool surely = !vague && in_a_row_saved > least.high + bias + allowed;
  const double held = surely  ? baseline - least_for_estimate
                      : vague ? baseline - least.high - bias
                              : baseline - least.estimate - bias;
  const bool off = queued < (1 - grant.estimate_share) * held;
  if (held > 0 && off) speedup.estimate = std::min(speedup.estimate, baseline / held);
  speedup.estimate = std::max(speedup.estimate, speedup.low);
  return off && in_a_row_saved > least.high + bias + allowed ? held : 0;
}

std::optional<double> slope_per_call(const std::vector<Window>& windows) {
  std::map<int, std::vector<double>> sealed;
  for (const Window& w : windows)
    if (w.kind == WindowKind::timed) sealed[w.calls].push_back(static_cast<double>(w.sealed_ns));
  if (sealed.size() < 2) return std::nullopt;
  const auto& few = *sealed.begin();
  const auto& many = *sealed.rbegin();
  return (stats::median(many.second) - stats::median(few.second)) / (many.first - few.first);
}

}  // namespace aisp
