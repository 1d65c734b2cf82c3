#include "judge/match.h"

#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>
#include <numeric>
#include <thread>

#include <fmt/format.h>

#include "base/clock.h"
#include "base/own_threads.h"
#include "guard/guards.h"
#include "judge/jitter.h"
#include "stats/order.h"
#include "worker/process_stat.h"

namespace aisp {
namespace {

constexpr int kPilotRounds = 4;
constexpr std::size_t kShownStrays = 5;
// Of one call: above this, windows of one call are judged by the baseline's output.
constexpr double kDearReferenceNs = 20e6;
// And now and then by the reference, where it does not take longer than this.
constexpr double kMuchDearerNs = 200e6;
// At least; enough for an interval of 95 % for one of four candidates (9 are needed).
constexpr int kAloneRounds = 12;

// Judge and agent meet on the last CPU they may use: interrupts prefer the first ones.
int choose_handover_cpu() {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) != 0) return -1;
  for (int cpu = CPU_SETSIZE - 1; cpu >= 0; --cpu)
    if (CPU_ISSET(static_cast<std::size_t>(cpu), &set)) return cpu;
  return -1;
}

std::string printable(const Tolerance& t) {
  std::string text = fmt::format("rtol {:g}, atol {:g}", t.rtol, t.atol);
  if (t.rms != 0) text += fmt::format(", {:g} of the output's RMS", t.rms);
  return text;
}

// Between the rounding errors of fp8 e4m3 (6e-2) and bf16 (4e-3), and of fp16 (5e-4) and fp32.
constexpr double kNarrowerThan16Bits = 3e-2;
constexpr double kNarrowerThan32Bits = 2e-4;

double median_window_ns(const Side& side, WindowKind kind, bool done_clock) {
  std::vector<double> values;
  for (const Window& w : side.observation.windows)
    if (w.kind == kind && w.calls == 1)
      values.push_back(static_cast<double>(done_clock ? w.done_ns : w.sealed_ns));
  return values.empty() ? 0 : stats::median(values);
}

// Adds its life to a sum.
class Turn {
 public:
  explicit Turn(std::int64_t& sum) : sum_(sum), began_(monotonic_ns()) {}
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
  ~Turn() { sum_ += monotonic_ns() - began_; }

 private:
  std::int64_t& sum_;
  std::int64_t began_;
};

}  // namespace

int narrowest_bytes(const Problem& problem) {
  double loosest = 0;
  for (const Output& output : problem.outputs)
    loosest = std::max({loosest, output.tolerance->rtol, output.tolerance->rms});
  return loosest > kNarrowerThan16Bits ? 1 : loosest > kNarrowerThan32Bits ? 2 : 4;
}

Side Match::start_side(const Contestant& contestant, bool is_null) {
  Side side;
  side.contestant = contestant;
  side.is_null = is_null;
  Observation& o = side.observation;
  o.target = problem_.target.get();
  o.implementation = contestant.name;
  o.is_baseline = contestant.part == Part::baseline;
  o.on_device = on_device();
  o.flops = problem_.work->flops;
  o.least_flops = problem_.work->least_flops;
  o.bytes = problem_.work->bytes;
  o.peaks = options_.peaks;
  // The floor is that of the narrowest type there is, whatever the tolerance leaves of it.
  if (narrowest_bytes(problem_) < 4) o.peaks.flops_per_second *= device_.low_precision_speedup();
  o.memory_limit_bytes = options_.worker_memory_bytes;
  o.processors = static_cast<int>(std::thread::hardware_concurrency());
  o.inputs_sealed = buffers_->inputs_sealed();
  o.inputs_drawn_for_each = !o.inputs_sealed;  // run_window
  o.read_only_inputs =
      std::any_of(problem_.inputs.begin(), problem_.inputs.end(),
                  [](const Input& input) { return input.role.get() != Role::in_out; });
  o.config_hash_before = options_.config_hash;
  if (options_.cold)
    for (const Input& input : problem_.inputs)
      if (input.role.get() !=
          Role::weight)  // of which there may be a copy with fewer bytes, made in setup
        o.cold_bytes += static_cast<double>(input.tensor->storage_bytes());
  for (const Output& output : problem_.outputs) {
    OutputError error;
    error.name = output.tensor->name;
    error.dtype = dtype_name(output.tensor->dtype);
    error.tolerance = printable(output.tolerance);
    error.why = output.tolerance->why;
    const double usual = Tolerance::for_dtype(output.tensor->dtype).rtol;
    if (usual > 0)
      error.tolerance_factor = std::max(output.tolerance->rtol, output.tolerance->rms) / usual;
    o.outputs.push_back(std::move(error));
  }

  if (contestant.part == Part::candidate) side.outputs = ++own_outputs_;
  start_process(side);
  return side;
}

// A process for it, with its setup run. Where that fails the side has ended.
void Match::start_process(Side& side) {
  Observation& o = side.observation;
  const bool first = processes_ == 0;
  use_outputs_of(side);
  WorkerSpec spec;
  spec.agent = options_.agent;
  spec.implementation = side.contestant.file;
  spec.memory_limit_bytes = options_.worker_memory_bytes + buffers_->layout().inputs_bytes() +
                            buffers_->layout().outputs_bytes() +
                            buffers_->layout().host_inputs_bytes() +
                            buffers_->layout().host_outputs_bytes();
  spec.device = device_.worker_access();
  spec.handover_cpu = options_.in_process ? -1 : choose_handover_cpu();
  const auto device_memory = device_.memory();
  auto worker = options_.in_process ? start_in_process(spec, problem_, *buffers_)
                                    : start_worker(spec, problem_, *buffers_);
  // The machine, and not the implementation, which is not loaded yet.
  if (!worker && !first) worker = start_worker(spec, problem_, *buffers_);
  if (!worker) {
    o.end = WorkerEnd::not_started;
    o.end_detail = worker.error().message();
    return;
  }
  side.worker = std::move(*worker);
  // Now: one that fails in setup is gone before anybody could ask for its number.
  if (DeviceWatch* const watch = device_.watch()) watch->add_ours(side.worker->pid());
  auto& missing = o.isolation_missing;
  for (const Protection& p : side.worker->protections()) {
    const std::string name = p.name + (p.detail.empty() ? "" : ": " + p.detail);
    if (!p.active && std::find(missing.begin(), missing.end(), name) == missing.end())
      missing.push_back(name);
  }
  if (!first && options_.strict && !missing.empty()) {
    side.worker.reset();
    o.end = WorkerEnd::not_started;
    o.end_detail =
        "isolation of a later process was partial, and --validity-profile strict accepts none: " +
        missing.front();
    return;
  }
  // Nothing is drawn but weights and what has been asked already, so there is nothing to prepare from. All that the windows
  // before have used is poisoned for candidates, which find nothing there that another one's setup left.
  const bool all = side.contestant.part == Part::candidate;
  buffers_->poison(options_.key, draw_for_start(), all ? prepared_sets_ : 1, secret_for_start());
  if (on_device()) connect_device(*side.worker);
  // Before setup: CUPTI does not survive the launch of a graph that was made before it was asked to
  // record.
  OrderOutcome ready = side.worker->set_mode(device_mode(false));
  if (ready.ok) ready = side.worker->setup(setup_timeout_s(side));
  if (first) o.setup_ns = side.worker->setup_ns();
  look_beyond_windows(side);
  // The first one came back in time, and the limit is shorter now: nobody knows whether this one would have.
  if (!first && ready.end == WorkerEnd::hung) ready.end = WorkerEnd::over_budget;
  if (!ready.ok)
    bury(side, ready, first ? "in setup" : fmt::format("in setup of process {}", processes_ + 1));
  else
    count_device_memory(side, device_memory, "in setup");
}

// Processes start at moments of the clock, so what is drawn for them is of streams of its own: --key repeats the draws of all
// rounds, however many starts lay between them.
std::uint64_t Match::draw_for_start() {
  return processes_ == 0 ? next_draw_++ : kDrawsOfStarts + starts_draws_++;
}

std::uint64_t Match::secret_for_start() {
  return processes_ == 0 ? secrets_.next() : starts_secrets_.next();
}

// A later setup does what the first one did: who hangs there is not to take everybody's time.
double Match::setup_timeout_s(const Side& side) const {
  constexpr double kLeastS = 2, kTimes = 20;
  if (processes_ == 0) return options_.call_timeout_s;
  const double first_s = static_cast<double>(side.observation.setup_ns) * 1e-9;
  return std::min(options_.call_timeout_s, std::max(kLeastS, kTimes * first_s));
}

// As many as an interval of them needs, at the confidence that a direction is asked for (one candidate: 8, eight: 11).
bool Match::wants_processes() const {
  constexpr int kEnough = 11;
  return may_restart() && processes_ < kEnough;
}

// What starting again has cost has to stay below half of the time limit, or there would be no time for rounds; and the last
// process is to live for the other half of it.
bool Match::may_restart() const {
  constexpr double kStarting = 0.5, kUntil = 0.5;
  const double limit_ns = 1e9 * options_.time_limit_s;
  return !on_device() && !options_.in_process && !options_.verify_only && !options_.one_process &&
         restarts_ns_ + start_ns_ < kStarting * limit_ns &&
         3.0 * timed_rounds_ < 2.0 * options_.max_rounds &&
         static_cast<double>(monotonic_ns() - rounds_began_ns_ - lost_ns()) < kUntil * limit_ns;
}

// Where all processes live shortly, nobody sees what comes late in the life of one: one of them lives for half as long as the
// others together.
bool Match::has_lived_long() const {
  const std::int64_t now = monotonic_ns();
  return processes_ <= 1 ||
         (counts_enough() && 2 * (now - process_began_ns_) >= process_began_ns_ - rounds_began_ns_);
}

// Whoever naps lets its last process grow old without being timed: by rounds as well.
bool Match::counts_enough() const {
  return processes_ <= 1 || 2 * process_rounds_ >= timed_rounds_ - process_rounds_;
}

// Until there are enough processes each gets a few rounds, and half of the time that starting takes: right after a start
// times are noisier. From then on starting takes a third of the time.
bool Match::is_time_to_restart() const {
  constexpr int kFewRounds = 3;
  if (process_rounds_ == 0 || !may_restart()) return false;
  const auto lived_ns = static_cast<double>(monotonic_ns() - process_began_ns_);
  if (!wants_processes()) return lived_ns >= 2 * start_ns_;
  return lived_ns >= start_ns_ || (process_rounds_ >= kFewRounds && lived_ns >= 0.5 * start_ns_);
}

bool Match::interrupted() const {
  return options_.interrupted != nullptr && options_.interrupted->load();
}

void Match::restart() {
  const std::int64_t began = monotonic_ns();
  // Without a teardown: whoever dawdles there would take 2 s of everybody's time, each time. All of it is stopped already.
  std::vector<std::int64_t> took_before(sides_.size());
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < sides_.size(); ++i) {
    Side& side = sides_[i];
    if (!side.alive() || side.is_null) continue;
    took_before[i] = side.took_ns;
    const Turn turn(side.took_ns);
    side.worker.reset();
    order.push_back(i);
  }
  // In an order that is another each time: what was freed just now is what is given out first.
  for (std::size_t i = order.size(); i-- > 1;)
    std::swap(order[i], order[starts_secrets_.below(i + 1)]);
  for (const std::size_t index : order) {
    if (interrupted()) return;
    Side& side = sides_[index];
    const Turn turn(side.took_ns);
    start_process(side);
    if (side.alive()) populate(side, prepared_sets_, "before its timed calls");
  }
  ++processes_;
  process_rounds_ = 0;
  // Whoever starts anew pays for its memory and its threads. On the inputs of the last round: they are there, and this process
  // has not seen them. Nothing is looked at but damage.
  oracle_->release();
  for (const int calls : {1, calls_many_}) {
    const std::uint64_t draw = draw_for_start();  // of in-out tensors
    for (Side& side : sides_) {
      if (!side.alive() || side.is_null || interrupted()) continue;
      const Turn turn(side.took_ns);
      std::uint64_t poison = 0;
      Window* const window = run_window(side, WindowKind::pilot, calls, 0, draw, &poison);
      if (window != nullptr) finish(side, *window);
    }
    ++rounds_;
    if (calls_many_ == 1) break;
  }
  process_began_ns_ = monotonic_ns();
  // What whoever ended meanwhile took is not what the next start will take.
  std::int64_t lost = 0;
  for (const std::size_t index : order)
    if (!sides_[index].alive()) lost += sides_[index].took_ns - took_before[index];
  start_ns_ = static_cast<double>(process_began_ns_ - began - lost);
  restarts_ns_ += start_ns_;
}

void Match::populate(Side& side, int sets, const char* where) {
  const OrderOutcome outcome = side.worker->populate(sets);
  look_beyond_windows(side);
  if (!outcome.ok) bury(side, outcome, where);
}

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
  for (const Contestant& contestant : contestants) sides_.push_back(start_side(contestant, false));
  sides_.push_back(
      start_side({"null", Part::reference_serial, options_.null_implementation}, true));
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

bool Match::count_device_memory(Side& side, const std::optional<Device::Memory>& before,
                                const std::string& where) {
  // The judge's buffers are there before the first worker; what it takes later is small.
  constexpr std::uint64_t kJudgesShare = 256ull << 20;
  const auto now = before ? device_.memory() : std::nullopt;
  if (!now) return true;
  side.device_bytes +=
      static_cast<std::int64_t>(before->free_bytes) - static_cast<std::int64_t>(now->free_bytes);
  Observation& o = side.observation;
  o.device_memory_peak_bytes =
      std::max(o.device_memory_peak_bytes,
               static_cast<std::uint64_t>(std::max<std::int64_t>(side.device_bytes, 0)));
  if (now->free_bytes >= kJudgesShare || before->free_bytes < kJudgesShare) return true;
  side.worker->quit();
  bury(side,
       {false, WorkerEnd::killed,
        fmt::format(
            "it left {} MiB of the device's {} MiB of memory free, and the judge needs {} MiB",
            now->free_bytes >> 20, now->total_bytes >> 20, kJudgesShare >> 20)},
       where);
  return false;
}

void Match::bury(Side& side, const OrderOutcome& outcome, const std::string& where) {
  // Taking its context apart keeps the device busy: what is seen of that is nobody's.
  last_ran_ = nullptr;
  side.observation.end = outcome.end;
  // A loader's message ends with a name, and where it failed to load is no question.
  const bool says_where = !where.empty() && outcome.end != WorkerEnd::failed_load;
  side.observation.end_detail = outcome.detail + (says_where ? " " + where : "");
  if (side.worker != nullptr) side.observation.last_output = side.worker->last_output();
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
    // Warm-up windows of a device hold many calls of large tensors: one of them tells enough.
    return {on_device() && one_ns * calls > 5e7 ? 1 : calls, false};
  }
  if (kind == WindowKind::alone) {
    if (one_ns < kDearReferenceNs) return {calls, false};
    return {one_ns < kMuchDearerNs && coin < kLeast ? 1 : 0, true};
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
  const double least = std::min(kLeast, kOfLimit * 1e9 * options_.time_limit_s / kRounds / one_ns);
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
                          std::uint64_t* poison_out, const Pausing* pausing) {
  use_outputs_of(side);
  const auto ours = device_to_ourselves();
  const auto device_memory = device_.memory();
  const std::uint64_t poison = secrets_.next();
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
    if (!buffers_->inputs_sealed()) buffers_->draw_inputs(options_.key, draw, calls);
    buffers_->poison(options_.key, draw, calls, poison);
    buffers_->prepare_unused(calls, prepared_sets_, poison);
    if (options_.cold) buffers_->make_cold(calls, has_weights);
  }
  Window window;
  window.round = rounds_;
  window.process = on_device() || options_.in_process || options_.one_process ? -1 : processes_ - 1;
  window.position = position;
  window.kind = kind;
  if (!side.is_null && !on_device()) {
    window.poison_intact = buffers_->probe_poison(calls, poison, secrets_.next());
  }
  // The sets in secret order: which buffer comes next cannot be told.
  std::iota(plan_.begin(), plan_.begin() + calls, 0u);
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
      checked.stray = buffers_->find_stray_write(calls, prepared_sets_, poison);
    note_stray(side, checked.stray);
  }
  if (!outcome.ok) {
    bury(side, outcome, where);
    return nullptr;
  }
  if (!side.is_null && !buffers_->inputs_sealed())
    note_inputs(side, calls,
                on_device() ? checked.inputs_changed
                            : buffers_->count_all_changed_inputs(options_.key, draw, calls));
  side.observation.memory_peak_bytes =
      std::max(side.observation.memory_peak_bytes, side.worker->memory_peak_bytes());
  // Verification takes longer than settling, and collecting can go on beside it: where it follows, it comes first.
  const bool verified_next =
      !side.is_null &&
      (kind == WindowKind::timed || kind == WindowKind::pilot || kind == WindowKind::alone);
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
    if (run_window(side, kind, calls, position++, draw, &poison) == nullptr) continue;
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
  if (on_device()) now_and_then_one_by_one();
  const std::uint64_t one_in = !on_device() ? 2 : alone_rounds_ < kAloneRounds ? 3 : 16;
  if (calls_many_ > 1 && secrets_.below(one_in) == 0) run_alone();
  look_in_the_middle();
  // Who was quick in the pilot may dawdle now.
  if (!on_device()) let_go_who_starves_others(&Match::round_ns, "its part of a round");
}

void Match::run_alone() {
  run_round(WindowKind::alone, 1, true);
  ++alone_rounds_;
}

void Match::complete_alone() {
  if (on_device()) complete_one_by_one();
  while (calls_many_ > 1 && alone_rounds_ < kAloneRounds) run_alone();
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
