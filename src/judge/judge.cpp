#include "judge/judge.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include <fmt/format.h>

#include "base/clock.h"
#include "base/parallel.h"
#include "guard/device_times.h"
#include "guard/guards.h"
#include "guard/window_times.h"
#include "judge/device_environment.h"
#include "judge/device_speedup.h"
#include "judge/match.h"
#include "judge/paired.h"
#include "judge/thread_wake.h"
#include "judge/verdict.h"
#include "problem/signature.h"
#include "stats/order.h"
#include "stats/stopping.h"
#include "worker/process_stat.h"

namespace aisp {
namespace {

constexpr int kVerifyRounds = 8;
constexpr int kReplays = 3;
constexpr int kReplaysToBeSure = 9;
constexpr const char* kInterrupted = "interrupted";

const char* goal_name(Goal goal) {
  switch (goal) {
    case Goal::speed: return "speed";
    case Goal::memory: return "memory";
    case Goal::throughput: return "throughput";
  }
  return "?";
}

std::optional<stats::Interval> sealed_speedup(const Observation& baseline,
                                              const Observation& candidate, const NullCost& cost,
                                              double confidence) {
  return paired(baseline, candidate, cost, sealed_per_call).speedup(confidence);
}

// The sealed clock charges a side for the time its threads take to stop after DONE; the clock at
// DONE believes that it was done. What a speedup is lies between the two, so both must say it.
std::optional<stats::Interval> reported_speedup(const Observation& baseline,
                                                const Observation& candidate, const NullCost& cost,
                                                double confidence) {
  const Pairs pairs = paired(baseline, candidate, cost, sealed_per_call);
  auto sealed = pairs.speedup(confidence, true);
  const auto done = paired(baseline, candidate, cost, done_per_call).speedup(confidence, true);
  if (!sealed || !done) return std::nullopt;
  sealed->low = std::min(sealed->low, done->low);
  sealed->high = std::max(sealed->high, done->high);
  // What the agent costs is taken off everybody, and whoever serves the protocol without it does not pay
  // that: at the least, a candidate has paid nothing.
  Pairs unpaid = pairs;
  const Pairs not_paid =
      paired(baseline, candidate, cost,
             [calibration = cost.calibration()](const Window& w, const NullCost&) {
               return unpaid_per_call(w, calibration);
             });
  for (std::size_t i = 0; i < unpaid.candidate.size(); ++i)
    unpaid.candidate[i] += not_paid.candidate[i];
  if (const auto least = unpaid.speedup(confidence, true))
    sealed->low = std::min(sealed->low, least->low);
  hold_to_means(*sealed, pairs);
  return sealed;
}

bool has_threads(const Observation& o) {
  std::vector<double> threads;
  for (const Window& w : o.windows)
    if (w.kind == WindowKind::alone) threads.push_back(w.threads);
  return !threads.empty() && stats::median(threads) > 1;
}

std::vector<double> timed_values(const Observation& o, const NullCost& cost,
                                 double (*per_call)(const Window&, const NullCost&)) {
  std::vector<double> values;
  for (const Window& w : o.windows)
    if (w.kind == WindowKind::timed) values.push_back(std::max(1e-3, per_call(w, cost)));
  return values;
}

// Of the timed windows; empty where there is one for all.
std::vector<int> processes_of(const Observation& o) {
  std::vector<int> processes;
  for (const Window& w : o.windows)
    if (w.kind == WindowKind::timed && w.process >= 0) processes.push_back(w.process);
  return processes;
}

double rms_error(const CompareStats& s) {
  return s.elements == 0 ? -1 : std::sqrt(s.error_sum_squares / static_cast<double>(s.elements));
}

class Judgement {
 public:
  Judgement(const LoadedProblem& problem, const std::vector<Contestant>& contestants,
            Device& device, const JudgeOptions& options, const ProgressSink& progress)
      : problem_(*problem),
        contestants_(contestants),
        device_(device),
        options_(options),
        progress_(progress),
        match_(*problem, device, options) {
    result_.target = problem_.target.get();
    result_.device = device.name();
    result_.goal = goal_name(problem_.goal.get());
    result_.summary = problem_.summary.get();
    result_.signature = problem_signature(problem_);
    result_.mode = options.cold ? "cold" : "hot";
    if (options.replay_graph) result_.mode += ", graph replay";
    at_.target = result_.target;
    at_.time_limit_s = options.time_limit_s;
  }

  TargetResult run() {
    began_ns_ = monotonic_ns();
    if (contestants_.empty() || contestants_.front().part != Part::baseline) {
      result_.error = "the first contestant must be the baseline";
      return std::move(result_);
    }
    parallel_threads();  // the pool's threads start now, before any CPU is pinned
    try {
      if (judge()) collect();
    } catch (const DeviceFailure& failure) {
      fail(failure.what());
    } catch (const GoldenFailure& failure) {
      fail(failure.what());
    }
    begin_phase("");
    result_.elapsed_s = static_cast<double>(monotonic_ns() - began_ns_) * 1e-9;
    return std::move(result_);
  }

 private:
  bool judge() {
    report("starting workers");
    if (on_cpu()) wake_ns_ = thread_wake_ns();
    if (const Status status = match_.start(contestants_); !status)
      return fail(status.error().message());
    report("warm-up");
    if (const Status status = match_.pilot(); !status) return fail(status.error().message());
    const std::int64_t before = monotonic_ns();
    const std::int64_t foreign_before = machine_busy_ns() - match_.own_cpu_ns();
    begin_phase("rounds");
    rounds();
    foreign_load_ = static_cast<double>(machine_busy_ns() - match_.own_cpu_ns() - foreign_before) /
                    static_cast<double>(monotonic_ns() - before);
    if (!interrupted() && baseline().alive()) {
      report("asking the same again");
      match_.complete_alone();
      match_.complete_looks();
      match_.replay(kReplays);
      if (on_cpu()) wake_ns_ = std::max(wake_ns_, thread_wake_ns());
      if (replays_look_kept()) match_.replay_in_pairs(kReplaysToBeSure);
      for (const int calls : {1, match_.calls_per_window()}) match_.jitter(calls);
    }
    begin_phase("ending");
    for (Side& side : match_.sides()) {
      if (!side.alive()) continue;
      side.worker->quit();
      side.observation.last_output = side.worker->last_output();
    }
    return true;
  }

  bool on_cpu() const { return device_.worker_access_kind() == DeviceAccess::Kind::cpu; }

  // Three pairs are few, and the first window of a pair comes after the judge has drawn inputs, when idle processors
  // may have been given back to a host: who looks as if it kept results is asked more often, and alike.
  bool replays_look_kept() {
    if (!on_cpu()) return false;
    Calibration calibration = match_.null_cost().calibration();
    calibration.wake_ns = wake_ns_;
    return std::any_of(match_.sides().begin(), match_.sides().end(), [&](Side& side) {
      if (side.is_null || !side.alive()) return false;
      side.observation.calibration = calibration;
      return guard::replay(side.observation).status == FindingStatus::fail;
    });
  }

  bool fail(std::string why) {
    result_.error = std::move(why);
    return false;
  }

  Side& baseline() { return match_.sides().front(); }
  bool interrupted() const {
    return options_.interrupted != nullptr && options_.interrupted->load();
  }

  // One candidate against the baseline is one comparison; k of them share the error probability.
  double confidence() const {
    int compared = 0;
    for (const Contestant& c : contestants_)
      compared += c.part == Part::optimized || c.part == Part::candidate;
    return stats::bonferroni(options_.confidence, std::max(1, compared));
  }

  // Stopping as soon as the interval is narrow makes it a little too narrow (measured: 3 to 5 % of A/A
  // runs of noisy kernels instead of 2), so a direction needs a fifth of the error probability.
  double strict_confidence() const { return 1 - (1 - confidence()) / 5; }

  bool anyone_left() {
    for (const Side& side : match_.sides())
      if (!side.is_null && side.contestant.part != Part::baseline && side.alive()) return true;
    return false;
  }

  void rounds() {
    const std::int64_t begin = monotonic_ns();
    stats::StoppingRule rule{options_.interval, options_.min_rounds, options_.max_rounds,
                             static_cast<std::int64_t>(options_.time_limit_s * 1e9)};
    if (options_.verify_only) rule.min_rounds = rule.max_rounds = kVerifyRounds;
    rule.min_rounds = std::min(rule.min_rounds, rule.max_rounds);
    std::int64_t reported = 0;
    stats::Stop stopped =
        stats::Stop::no;  // by the rule; the last process goes on until it has lived long
    for (;;) {
      if (interrupted()) {
        result_.stop_reason = kInterrupted;
        return;
      }
      if (!baseline().alive()) {
        result_.stop_reason = "the baseline ended";
        return;
      }
      if (!match_.null().alive()) {
        result_.stop_reason = "the null implementation ended";
        uncalibrated_ = match_.null().observation.end_detail;
        return;
      }
      if (!anyone_left() && match_.timed_rounds() >= rule.min_rounds) {
        result_.stop_reason = "no implementation is left";
        return;
      }
      match_.round();
      const std::int64_t now = monotonic_ns();
      const bool look = stats::is_look(rule, match_.timed_rounds());
      std::vector<std::optional<stats::Interval>> speedups;
      if (look && !options_.verify_only) {
        const NullCost cost = match_.null_cost();
        for (const Side& side : match_.sides()) {
          if (side.is_null || side.observation.is_baseline || !side.alive()) continue;
          if (side.contestant.part == Part::ceiling ||
              side.contestant.part == Part::reference_serial)
            continue;
          speedups.push_back(speedup_so_far(side.observation, cost, confidence()));
        }
        widest(speedups);
      }
      // Five rounds at the least, whatever the time: less proves nothing.
      const std::int64_t elapsed = match_.timed_rounds() < 5 ? 0 : now - begin - match_.lost_ns();
      const stats::Stop stop = stats::should_stop(rule, match_.timed_rounds(), elapsed, speedups);
      if (stop == stats::Stop::interval && match_.timed_rounds() < rule.max_rounds &&
          elapsed < rule.time_limit_ns && (blurred() || too_few_to_decide()))
        continue;
      if (stop != stats::Stop::no && stopped == stats::Stop::no) {
        stopped = stop;
        match_.endure();
      }
      const bool no_more =
          match_.timed_rounds() >= rule.max_rounds || elapsed >= rule.time_limit_ns;
      if (stopped != stats::Stop::no && (match_.has_lived_long() || no_more)) {
        result_.stop_reason = stats::to_string(stopped);
        return;
      }
      if (now - reported > 100'000'000) {
        reported = now;
        at_.rounds = match_.timed_rounds();
        at_.elapsed_s = static_cast<double>(now - begin) * 1e-9;
        report("rounds");
      }
    }
  }

  // What stops the run. By the device's times, which are sharper, where they are admitted at the end: that is
  // looked at then, and where they are not the interval is wider than was asked for.
  std::optional<stats::Interval> speedup_so_far(const Observation& o, const NullCost& cost,
                                                double confidence) {
    const Observation& base = baseline().observation;
    return o.on_device ? recorded_speedup(base, o, confidence)
                       : sealed_speedup(base, o, cost, confidence);
  }

  // Whether the interval that a direction has to hold in, see compared(), needs more rounds to exist at all: rounds
  // that depend on each other count as fewer. Asks for no direction, so it prefers none.
  bool too_few_to_decide() {
    if (match_.wants_processes()) return true;
    const NullCost cost = match_.null_cost();
    return std::any_of(match_.sides().begin(), match_.sides().end(), [&](Side& side) {
      if (side.is_null || side.observation.is_baseline || !side.alive()) return false;
      if (side.contestant.part == Part::ceiling || side.contestant.part == Part::reference_serial)
        return false;
      return !speedup_so_far(side.observation, cost, strict_confidence());
    });
  }

  // Whether the judge's clocks need more windows to hold what a device recorded to.
  bool blurred() {
    const Calibration calibration = match_.null_cost().calibration();
    return std::any_of(match_.sides().begin(), match_.sides().end(), [&](Side& side) {
      if (side.is_null || !side.alive() || !side.observation.on_device) return false;
      side.observation.calibration = calibration;
      return guard::device_times(side.observation).blurred();
    });
  }

  void widest(const std::vector<std::optional<stats::Interval>>& speedups) {
    at_.half_width = -1;
    for (const auto& s : speedups)
      if (s && s->low > 0)
        at_.half_width = std::max(at_.half_width, (s->high - s->low) / (s->high + s->low));
  }

  // What was spent since the last call goes to the phase that was on.
  void begin_phase(const char* phase) {
    if (at_.phase == phase) return;
    const std::int64_t now = monotonic_ns();
    if (!at_.phase.empty())
      result_.phases.push_back({at_.phase, static_cast<double>(now - phase_began_ns_) * 1e-9});
    at_.phase = phase;
    phase_began_ns_ = now;
  }

  void report(const char* phase) {
    begin_phase(phase);
    if (progress_) progress_(at_);
  }

  // Marks the windows during which the device's clocks were held down.
  void mark_slowed() {
    const DeviceWatch* const watch = device_.watch();
    const std::string unwatched = device_.unwatched();
    if (watch == nullptr && unwatched.empty()) return;
    const std::string slowed_by = watch != nullptr ? watch->state().slowed_by : "";
    constexpr std::size_t kMostReadings = 500;
    if (watch != nullptr)
      result_.device_readings = watch->readings(began_ns_, monotonic_ns(), kMostReadings);
    for (Side& side : match_.sides()) {
      Observation& o = side.observation;
      o.device_tells_clocks = true;
      o.device_unwatched = unwatched;
      o.device_slowed_by = slowed_by;
      if (watch == nullptr) continue;
      for (Window& w : o.windows) {
        const auto slowed = watch->slowed_within(w.started_ns, w.started_ns + w.sealed_ns);
        w.slowed = !slowed ? -1 : *slowed ? 1 : 0;
      }
    }
  }

  void collect() {
    mark_slowed();
    const NullCost cost = match_.null_cost();
    const std::string config_after = options_.config_hash_again ? options_.config_hash_again() : "";
    std::set<std::string> missing;
    for (const Side& side : match_.sides())
      missing.insert(side.observation.isolation_missing.begin(),
                     side.observation.isolation_missing.end());
    result_.isolation = options_.in_process ? "none (in the judge's own process)"
                        : missing.empty()   ? "full"
                                            : fmt::format("partial ({})", fmt::join(missing, "; "));
    std::vector<double> baseline_errors;
    for (const OutputError& e : baseline().observation.outputs)
      baseline_errors.push_back(rms_error(e.against_reference));

    Calibration calibration = cost.calibration();
    calibration.wake_ns = wake_ns_;
    const auto frozen = freeze_ns();
    for (Side& side : match_.sides()) {
      side.observation.calibration = calibration;
      side.observation.freeze_ns = frozen;
    }
    raise_peaks();
    const bool peaks_doubted = guard::physics(baseline().observation).status == FindingStatus::fail;
    for (Side& side : match_.sides()) {
      if (side.is_null) continue;
      Observation& o = side.observation;
      o.peaks.doubted = peaks_doubted;
      o.calibration = calibration;
      o.config_hash_after = config_after;
      o.foreign_load = foreign_load_;
      for (std::size_t i = 0; i < o.outputs.size(); ++i)
        o.outputs[i].baseline_error_rms = baseline_errors[i];
      result_.implementations.push_back(row(side, cost));
    }
    ceilings();
    for (ImplementationResult& r : result_.implementations) decide(r, cut_short(r));
    hold_to_baseline();
  }

  // Peaks that were measured while a neighbour had a processor are too low, and accuse the innocent: half the peak once called
  // three libraries dishonest. Who is faster than they allow has them measured again, and the higher ones count.
  void raise_peaks() {
    constexpr int kTries = 2;
    for (int i = 0; i < kTries; ++i) {
      const bool impossible =
          std::any_of(match_.sides().begin(), match_.sides().end(), [](const Side& side) {
            if (side.is_null) return false;
            const Finding f = guard::physics(side.observation);
            return f.required && f.status != FindingStatus::pass;
          });
      if (!impossible) return;
      const Device::Peaks again = device_.peaks_again();
      for (Side& side : match_.sides()) {
        MachinePeaks& peaks = side.observation.peaks;
        if (peaks_now_.flops_per_second > 0)  // scaled by what narrow types speed up
          peaks.flops_per_second *=
              std::max(1.0, again.flops_per_second / peaks_now_.flops_per_second);
        peaks.bytes_per_second = std::max(peaks.bytes_per_second, again.bytes_per_second);
      }
      peaks_now_.flops_per_second = std::max(peaks_now_.flops_per_second, again.flops_per_second);
      peaks_now_.bytes_per_second = std::max(peaks_now_.bytes_per_second, again.bytes_per_second);
    }
  }

  // Why there is less of a row than its guards need, where it is the judge that ended it.
  std::string cut_short(const ImplementationResult& r) const {
    if (r.observation.end == WorkerEnd::over_budget) return r.observation.end_detail;
    if (r.observation.end == WorkerEnd::not_capturable)
      return "its run cannot be captured into a CUDA graph";
    if (r.observation.end == WorkerEnd::not_started)
      return "this machine could not start a process for it: " + r.observation.end_detail;
    if (result_.stop_reason != kInterrupted) return {};
    return fmt::format("the run was interrupted after {} round{}, before all was asked", r.rounds,
                       r.rounds == 1 ? "" : "s");
  }

  // See Observation::freeze_ns.
  std::map<std::pair<WindowKind, int>, double> freeze_ns() const {
    std::map<std::pair<WindowKind, int>, double> medians;
    for (const Side& side : match_.sides()) {
      if (!side.observation.on_device || !(side.is_null || side.observation.is_baseline)) continue;
      for (const auto& [of, ns] : guard::freeze_times(side.observation.windows))
        if (ns.size() >= 3) medians[of] = std::max(medians[of], stats::median(ns));
    }
    return medians;
  }

  // What is compared with a baseline that is not proven is not compared.
  void hold_to_baseline() {
    const ImplementationResult& base = result_.implementations.front();
    if (base.correct == true && base.honest == true) return;
    for (ImplementationResult& r : result_.implementations) {
      if (!r.comparison) continue;
      r.comparison = stats::Comparison::not_enough_evidence;
      if (r.correct == true && r.honest == true)
        r.sentence =
            r.implementation +
            " is correct and honest, but the baseline is not proven to be: nothing to compare with";
    }
  }

  ImplementationResult row(Side& side, const NullCost& cost) {
    ImplementationResult r;
    Observation& o = side.observation;
    r.implementation = side.contestant.name;
    r.part = side.contestant.part;
    r.file = side.contestant.file.string();
    r.wants_own_match = match_.wants_own_match(side);
    for (const Window& w : o.windows) {
      if (w.kind != WindowKind::timed) continue;
      ++r.rounds;
      r.calls_timed += w.calls;
      r.calls_verified += w.calls_verified;
    }
    const auto sealed = timed_values(o, cost, sealed_per_call);
    r.time_ns = stats::time_interval(sealed, options_.confidence, processes_of(o));
    r.time_source = "sealed";
    const auto claims = timed_values(o, cost, claim_per_call);
    if (!claims.empty()) r.claim_ns = stats::median(claims);
    if (const auto slope = slope_per_call(o.windows))
      r.slope_ns = *slope - cost.calibration().per_call_ns;
    if (!o.is_baseline) {
      r.speedup = reported_speedup(baseline().observation, o, cost, confidence());
      if (!options_.verify_only && r.part != Part::ceiling)
        r.comparison = compared(o, cost, r.speedup, r.undecided);
    }
    r.findings = guard::run_all(o);
    if (device_.worker_access_kind() != DeviceAccess::Kind::cpu && side.worker != nullptr)
      r.findings.push_back(activity_finding(side.worker->notes()));
    if (o.on_device && passed(r.findings, "claim")) use_claims(r, o);
    if (r.speedup) hold_to_alone(r, o, cost);
    hold_to_waiting(r, o);
    if (!uncalibrated_.empty())
      r.findings.push_back(
          {"calibration", FindingStatus::not_run, FindingKind::honesty,
           "the null implementation, which calibrates the clocks, ended: " + uncalibrated_, true});
    r.observation = o;
    return r;
  }

  void hold_to_alone(ImplementationResult& r, const Observation& o, const NullCost& cost) {
    const Observation& base = baseline().observation;
    // As use_claims has it, where the judge's clock is short.
    const double short_by_ns = o.on_device ? held_records(base, o, cost).undercounted_ns : 0;
    const Pairs in_a_row = r.time_source == "claim"
                               ? paired(base, o, NullCost({}), raw_claim_per_call)
                               : paired(base, o, cost, [&](const Window& w, const NullCost& c) {
                                   return sealed_per_call(w, c) + short_by_ns;
                                 });
    const Pairs alone =
        paired(base, o, cost, o.on_device ? recorded_alone : sealed_per_call, WindowKind::alone);
    const auto& windows = o.windows;
    const bool several = std::any_of(windows.begin(), windows.end(), [](const Window& w) {
      return w.kind == WindowKind::timed && w.calls > 1;
    });
    if (several && alone.baseline.empty()) {  // nothing bounds it
      r.speedup.reset();
      r.undecided = "no call came alone, so that nothing bounds what calls in a row may share";
      if (r.comparison) r.comparison = stats::Comparison::not_enough_evidence;
      return;
    }
    const stats::Interval before = *r.speedup;
    double held = aisp::hold_to_alone(
        *r.speedup, in_a_row, alone, confidence(),
        o.on_device ? granted_on_a_device()
                    : granted_on_a_cpu(cost.calibration(), has_threads(base), has_threads(o)));
    if (o.on_device && !in_a_row.candidate.empty()) {
      // Both count some of the same time: what holds it to more counts.
      stats::Interval recorded = before;
      held = std::max(held, hold_to_unrecorded(recorded, stats::median(in_a_row.candidate),
                                               unrecorded_alone(base, o, cost)));
      r.speedup->low = std::min(r.speedup->low, recorded.low);
      r.speedup->estimate =
          std::max(r.speedup->low, std::min(r.speedup->estimate, recorded.estimate));
    }
    if (r.time_ns) r.time_ns->high = std::max(r.time_ns->high, held);
    if (r.comparison && stats::compare(r.speedup, options_.margin) != *r.comparison)
      r.comparison = stats::Comparison::not_enough_evidence;
  }

  // See OneByOneTimes::waiting_stands. The rounds of calls that are waited for are not those of the queue, so the ratio is
  // of two intervals; its upper end stays.
  void hold_to_waiting(ImplementationResult& r, const Observation& o) {
    const guard::OneByOneTimes times = guard::one_by_one_times(o);
    if (o.is_baseline || times.waited.size() < 3) return;
    if (!times.waiting_stands()) {
      // By the same kind of windows on both sides.
      const guard::OneByOneTimes base = guard::one_by_one_times(baseline().observation);
      if (!times.hides_more_than_launches() || base.waited.size() < 3 || !r.speedup ||
          times.by_itself <= 0 || base.by_itself <= 0)
        return;
      const double waited = base.by_itself / times.by_itself;
      r.speedup->low = std::min(r.speedup->low, waited);
      r.speedup->estimate = std::min(r.speedup->estimate, std::max(waited, r.speedup->low));
      if (r.comparison) r.comparison = stats::compare(r.speedup, options_.margin);
      return;
    }
    const double low = *std::min_element(times.waited.begin(), times.waited.end());
    const double high = *std::max_element(times.waited.begin(), times.waited.end());
    const auto waited = stats::time_interval(times.waited, options_.confidence)
                            .value_or(stats::Interval{times.by_itself, low, high});
    const auto& base = result_.implementations.front().time_ns;
    r.time_ns = waited;
    r.time_source = "one by one";
    if (!r.speedup || !base || waited.estimate <= 0) return;
    r.speedup->low = std::min(r.speedup->low, base->low / waited.high);
    r.speedup->estimate = std::min(r.speedup->estimate, base->estimate / waited.estimate);
    r.speedup->estimate = std::max(r.speedup->estimate, r.speedup->low);
    if (r.comparison) r.comparison = stats::compare(r.speedup, options_.margin);
  }

  // Where the judge's own clocks admit what the device recorded, that is the time: it has no hand-over in it. It
  // comes from the worker, and may be short by what the clocks do not see (DeviceTimes::believed_tolerance). So a
  // direction needs to be there with that taken off as well, or by the sealed clock.
  void use_claims(ImplementationResult& r, const Observation& o) {
    const guard::DeviceTimes times = guard::device_times(o);
    const NullCost cost = match_.null_cost();
    auto claims = timed_values(o, NullCost({}), raw_claim_per_call);
    if (!claims.empty()) r.claim_ns = stats::median(claims);
    HeldRecords records;
    if (!o.is_baseline) {
      records = held_records(baseline().observation, o, cost);
      claims.clear();
      for (const Window& w : o.windows)
        if (w.kind == WindowKind::timed) claims.push_back(std::max(1e-3, records.per_call(w)));
    }
    if ((records.unpaid_ns > 0 || records.undercounted_ns > 0) && r.speedup) {
      const auto longer = [&](const Window& w, const NullCost& null_cost) {
        return sealed_per_call(w, null_cost) + records.undercounted_ns;
      };
      Pairs pairs = paired(baseline().observation, o, cost, longer);
      for (double& ns : pairs.candidate) ns += records.unpaid_ns;
      if (const auto held = pairs.speedup(confidence(), true))
        r.speedup = lower_of(*r.speedup, *held);
      if (r.comparison && stats::compare(r.speedup, options_.margin) != *r.comparison)
        r.comparison = stats::Comparison::not_enough_evidence;
      if (const auto time = stats::time_interval(pairs.candidate, options_.confidence))
        r.time_ns = time;
    }
    if (!times.believed() && !times.undercounts()) return;
    if (const auto time = stats::time_interval(claims, options_.confidence)) {
      r.time_ns = time;
      r.time_source = "claim";
    }
    if (o.is_baseline || !r.speedup) return;
    const Observation& base = baseline().observation;
    const guard::DeviceTimes base_times = guard::device_times(base);
    const auto claimed = claimed_speedup(base, o, confidence(), records, true);
    if (!claimed) return;
    const stats::Interval sealed = *r.speedup;
    if (times.undercounts()) {
      r.speedup = lower_of(sealed, *claimed);
    } else if (base_times.believed()) {
      r.speedup = claimed;
    } else {
      return;
    }
    if (!r.comparison) return;
    *r.comparison = stats::compare(r.speedup, options_.margin);
    const auto strict = claimed_speedup(base, o, strict_confidence(), records, true);
    if ((*r.comparison == stats::Comparison::faster && !(strict && strict->low > 1)) ||
        (*r.comparison == stats::Comparison::slower && !(strict && strict->high < 1)))
      r.comparison = stats::Comparison::not_enough_evidence;
    const double short_by =
        times.claim > 0 ? std::min(times.believed_tolerance, times.claim) / times.claim : 1;
    const double base_short_by =
        base_times.claim > 0 ? base_times.believed_tolerance / base_times.claim : 1;
    if (*r.comparison == stats::Comparison::faster && sealed.low <= 1 &&
        claimed->low * (1 - short_by) <= 1)
      r.comparison = stats::Comparison::not_enough_evidence;
    if (*r.comparison == stats::Comparison::slower && sealed.high >= 1 &&
        claimed->high * (1 + base_short_by) >= 1)
      r.comparison = stats::Comparison::not_enough_evidence;
  }

  static bool passed(const std::vector<Finding>& findings, const char* guard) {
    return std::any_of(findings.begin(), findings.end(), [&](const Finding& f) {
      return f.guard == guard && f.status == FindingStatus::pass;
    });
  }

  std::optional<stats::Comparison> compared(const Observation& o, const NullCost& cost,
                                            const std::optional<stats::Interval>& speedup,
                                            std::string& undecided) {
    using stats::Comparison;
    const Comparison c = stats::compare(speedup, options_.margin);
    if (c != Comparison::faster && c != Comparison::slower) return c;
    if (!match_.counts_enough()) {
      undecided = "its last process was timed too seldom for how old it is";
      return Comparison::not_enough_evidence;
    }
    // Two processes that differ by luck differ by 3 to 5 %, and once by 14: where there are fewer than the confidence of a
    // direction needs, it has to be there in spite of that.
    constexpr double kLuck = 1.15;
    const std::vector<int> of = processes_of(o);
    const std::set<int> processes(of.begin(), of.end());
    const bool few =
        !processes.empty() && !stats::sign_test_rank(processes.size(), strict_confidence());
    const double luck = few ? kLuck : 1;
    const auto strict = reported_speedup(baseline().observation, o, cost, strict_confidence());
    if (strict && (strict->low > luck || strict->high < 1 / luck)) return c;
    undecided =
        few ? fmt::format("of {} processes only, so that it would have to hold by 15 % at {:.4g} %",
                          processes.size(), 100 * strict_confidence())
            : fmt::format("at {:.4g} %, which a direction needs, it would hold 1",
                          100 * strict_confidence());
    return Comparison::not_enough_evidence;
  }

  // Against the fastest honest ceiling row, else against the roofline of this machine.
  void ceilings() {
    const ImplementationResult* best = nullptr;
    for (const ImplementationResult& r : result_.implementations)
      if (r.part == Part::ceiling && r.time_ns &&
          (best == nullptr || r.time_ns->estimate < best->time_ns->estimate))
        best = &r;
    const MachinePeaks& peaks = peaks_now_;
    double roofline = 0;
    if (peaks.flops_per_second > 0) {
      // What narrow types speed up halves with each doubling of their width.
      const int bytes = narrowest_bytes(problem_);
      const double faster = bytes < 4 ? std::max(1.0, device_.low_precision_speedup() / bytes) : 1;
      roofline = problem_.work->flops / (peaks.flops_per_second * faster) * 1e9;
    }
    if (peaks.bytes_per_second > 0)
      roofline = std::max(roofline, problem_.work->bytes / peaks.bytes_per_second * 1e9);
    for (ImplementationResult& r : result_.implementations) {
      if (!r.time_ns || r.time_ns->estimate <= 0) continue;
      if (best != nullptr) {
        r.ceiling = Ceiling{best->implementation, best->time_ns->estimate / r.time_ns->estimate};
      } else if (roofline > 0) {
        r.ceiling = Ceiling{"roofline", roofline / r.time_ns->estimate};
      }
    }
  }

  const Problem& problem_;
  const std::vector<Contestant>& contestants_;
  Device& device_;
  const JudgeOptions& options_;
  const ProgressSink& progress_;
  Match match_;
  std::int64_t began_ns_ = 0;
  std::int64_t phase_began_ns_ = 0;
  Progress at_;
  TargetResult result_;
  double wake_ns_ = 0;  // see thread_wake_ns()
  double foreign_load_ = 0;
  MachinePeaks peaks_now_ = options_.peaks;
  std::string uncalibrated_;  // how the null implementation ended, if it did before its time
};

}  // namespace

TargetResult judge_target(const LoadedProblem& problem, const std::vector<Contestant>& contestants,
                          Device& device, const JudgeOptions& options,
                          const ProgressSink& progress) {
  return Judgement(problem, contestants, device, options, progress).run();
}

}  // namespace aisp
