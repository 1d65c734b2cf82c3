// The part of a match that is about processes: starting one for each side, and starting them anew after
// a few rounds, so that intervals cover where in memory a process happens to lie.
#include <sched.h>

#include <algorithm>
#include <memory>
#include <thread>

#include <fmt/format.h>

#include "base/clock.h"
#include "judge/match.h"
#include "judge/turn.h"

namespace aisp {
namespace {

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

}  // namespace

int narrowest_bytes(const Problem& problem) {
  double loosest = 0;
  for (const Output& output : problem.outputs)
    loosest = std::max({loosest, output.tolerance->rtol, output.tolerance->rms});
  return loosest > kNarrowerThan16Bits ? 1 : loosest > kNarrowerThan32Bits ? 2 : 4;
}

Side Match::make_side(const Contestant& contestant, bool is_null) {
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
  // Where the data decide how much of an input is read, the problem's work says how little may be.
  if (o.bytes > 0) o.cold_bytes = std::min(o.cold_bytes, o.bytes);
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
  return side;
}

WorkerSpec Match::worker_spec(const Side& side) {
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
  return spec;
}

void Match::launch(Side& side) {
  const WorkerSpec spec = worker_spec(side);
  auto worker = options_.in_process ? start_in_process(spec, problem_, *buffers_)
                                    : launch_worker(spec, problem_, *buffers_);
  if (!worker) {
    side.observation.end = WorkerEnd::not_started;
    side.observation.end_detail = worker.error().message();
    return;
  }
  side.worker = std::move(*worker);
  // Now: one that fails in setup is gone before anybody could ask for its number.
  if (DeviceWatch* const watch = device_.watch()) watch->add_ours(side.worker->pid());
}

void Match::await_ready(Side& side) {
  if (!side.alive()) return;
  if (const Status ready = side.worker->await_ready(); !ready) {
    side.worker.reset();
    side.observation.end = WorkerEnd::not_started;
    side.observation.end_detail = ready.error().message();
  }
}

// A context on a GPU takes 0.2 s to make, so everybody makes theirs at the same time. Nothing of an implementation is loaded
// yet: each has taken the same of the device's memory.
void Match::launch_all() {
  const auto before = device_.memory();
  for (Side& side : sides_) launch(side);
  for (Side& side : sides_) await_ready(side);
  const auto now = before ? device_.memory() : std::nullopt;
  const auto up =
      std::count_if(sides_.begin(), sides_.end(), [](const Side& s) { return s.alive(); });
  if (!now || up == 0) return;
  const auto taken = static_cast<std::int64_t>(before->free_bytes - now->free_bytes);
  for (Side& side : sides_)
    if (side.alive()) side.device_bytes = taken / up;
}

// A process for it, unless it has one already, with its setup run. Where that fails the side has ended.
void Match::start_process(Side& side) {
  Observation& o = side.observation;
  const bool first = processes_ == 0;
  const auto device_memory = device_.memory();
  if (o.end != WorkerEnd::alive) return;  // it was launched, and did not come up
  if (!side.worker) {
    launch(side);
    await_ready(side);
  }
  if (!side.worker && !first) {  // the machine, and not the implementation, which is not loaded yet
    o.end = WorkerEnd::alive;
    launch(side);
    await_ready(side);
  }
  if (!side.alive()) return;
  use_outputs_of(side);
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
  OrderOutcome ready = side.worker->set_mode(device_mode(WindowKind::timed));
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

}  // namespace aisp
