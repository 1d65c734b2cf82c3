// A worker in a sandboxed process of its own. The timed path is GO … DONE … stopped, below.
#include <fcntl.h>
#include <linux/futex.h>
#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "base/clock.h"
#include "base/shared_memory.h"
#include "worker/claims.h"
#include "worker/orders.h"
#include "worker/process_stat.h"
#include "worker/protocol.h"
#include "worker/watchdog.h"
#include "worker/worker.h"

namespace aisp {
namespace {

void futex_wait(const std::atomic<std::uint32_t>& word, std::uint32_t value, long timeout_ms) {
  const timespec timeout{0, timeout_ms * 1'000'000};
  syscall(SYS_futex, &word, FUTEX_WAIT, value, &timeout, nullptr, 0);
}

// Keeps the judge on the hand-over CPU for the length of one order; see Agent::wait_for.
class OnCpu {
 public:
  explicit OnCpu(int cpu) {
    if (cpu < 0 || sched_getaffinity(0, sizeof before_, &before_) != 0) return;
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(static_cast<std::size_t>(cpu), &one);
    pinned_ = sched_setaffinity(0, sizeof one, &one) == 0;
  }
  OnCpu(const OnCpu&) = delete;
  OnCpu& operator=(const OnCpu&) = delete;
  ~OnCpu() {
    if (pinned_) sched_setaffinity(0, sizeof before_, &before_);
  }

 private:
  cpu_set_t before_{};
  bool pinned_ = false;
};

// While it lives this thread runs whenever it can. Where worker and judge share a processor, the kernel (6.18) lets
// the worker run for up to 4 ms otherwise, whatever their priorities, once it is resumed: windows of 2 ms were over when
// the judge came to look into their middle. Without the permission: on any processor.
class AtOnce {
 public:
  AtOnce() {
    sched_param least{};
    least.sched_priority = 1;
    real_time_ = sched_setscheduler(0, SCHED_FIFO, &least) == 0;
    if (real_time_ || sched_getaffinity(0, sizeof before_, &before_) != 0) return;
    cpu_set_t all;
    std::memset(&all, 0xff, sizeof all);
    moved_ = sched_setaffinity(0, sizeof all, &all) == 0;
  }
  AtOnce(const AtOnce&) = delete;
  AtOnce& operator=(const AtOnce&) = delete;
  ~AtOnce() {
    const sched_param none{};
    if (real_time_) sched_setscheduler(0, SCHED_OTHER, &none);
    if (moved_) sched_setaffinity(0, sizeof before_, &before_);
  }

 private:
  cpu_set_t before_{};
  bool real_time_ = false;
  bool moved_ = false;
};

std::string printable(const char* text, std::size_t limit) {
  std::string out;
  for (std::size_t i = 0; i < limit && text[i] != 0; ++i)
    out += text[i] >= 32 && text[i] < 127 ? text[i] : '?';
  return out;
}

class ProcessWorker final : public Worker {
 public:
  ProcessWorker(SandboxedProcess process, SharedMemory orders, SharedMemory answers,
                const WorkerSpec& spec)
      : process_(std::move(process)),
        orders_memory_(std::move(orders)),
        answers_memory_(std::move(answers)),
        implementation_(spec.implementation.string()),
        start_timeout_s_(spec.start_timeout_s),
        handover_cpu_(spec.handover_cpu),
        meeting_cpu_(spec.handover_cpu),
        on_cpu_(this->orders().device == protocol::DeviceKind::cpu) {}

  ~ProcessWorker() override { bury(); }

  // The agent announces itself once it is locked down, before it loads anything.
  Status await_ready() override {
    sequence_ = 1;
    const OrderOutcome outcome = await_announcement(start_timeout_s_);
    if (outcome.ok) return success();
    bury();
    const std::string said = last_output();
    return Error{
        "start a worker", implementation_, outcome.detail + (said.empty() ? "" : ": " + said),
        "This is the sandbox or the agent, not the implementation, which was not loaded yet"};
  }

  OrderOutcome setup(double timeout_s) override {
    const std::int64_t begin = monotonic_ns();
    OrderOutcome outcome = order(protocol::Command::setup, 0, timeout_s);
    setup_ns_ = monotonic_ns() - begin;
    return outcome;
  }

  OrderOutcome populate(int sets) override {
    return order(protocol::Command::populate, static_cast<std::uint32_t>(sets), 60);
  }

  OrderOutcome run(std::span<const std::uint32_t> plan, double timeout_s, Window& window) override {
    return run_window(plan, timeout_s, window, nullptr);
  }

  OrderOutcome run_with_pause(std::span<const std::uint32_t> plan, double timeout_s,
                              std::int64_t pause_ns, const std::function<void(bool)>& look,
                              Window& window) override {
    const Pause pause{pause_ns, look};
    return run_window(plan, timeout_s, window, &pause);
  }

  OrderOutcome set_mode(const WorkerMode& mode) override {
    if (on_cpu_) {
      orders().flags = mode.hand_over_only ? protocol::kHandOverOnly : 0u;
      return {true, WorkerEnd::alive, {}};
    }
    orders().flags = (mode.trace_activity ? protocol::kTraceActivity : 0u) |
                     (mode.reset_persisting_l2 ? protocol::kResetPersistingL2 : 0u) |
                     (mode.sync_each_call ? protocol::kSyncEachCall : 0u) |
                     (mode.replay_graph ? protocol::kReplayGraph : 0u) |
                     (mode.unmarked ? protocol::kUnmarked : 0u);
    return populate(0);  // whatever the switch costs, no window pays for it
  }

  OrderOutcome collect_claims(Window& window) override {
    if (on_cpu_) return {true, WorkerEnd::alive, {}};
    begin_collecting();
    const OrderOutcome outcome = finish_collecting();
    if (!outcome.ok) return outcome;
    // Stopped again: copied, then judged.
    device_claims_.resize(static_cast<std::size_t>(window.calls));
    std::memcpy(device_claims_.data(), answers().device_claims,
                device_claims_.size() * sizeof(protocol::DeviceClaim));
    const protocol::DeviceWindow said = answers().device;
    const DeviceClaimSummary claims = summarize_device_claims(device_claims_, said, window.done_ns);
    window.device_claim_sane = claims.sane;
    impossible_claim_ = claims.impossible;
    window.device_ns = claims.device_ns;
    window.activity_ns = claims.activity_ns;
    window.activity_span_ns = claims.span_ns;
    window.device_busy_ns = claims.busy_ns;
    window.kernels = claims.kernels;
    window.copies = claims.copies;
    window.memsets = claims.memsets;
    window.graphs = claims.graphs;
    window.streams = claims.streams;
    window.strays = claims.unattributed;
    window.records_dropped = claims.dropped;
    window.host_functions = claims.host_functions;
    return outcome;
  }

  // Not where the judge waits for it: the judge goes on, on its own processor.
  void begin_collecting() override {
    if (on_cpu_ || dead_ || collecting_) return;
    protocol::Orders& o = orders();
    o.command = protocol::Command::collect;
    o.calls = 0;
    collecting_.emplace(process_.pid, std::max(kLeastCollectingS, run_timeout_s_));
    cpu_at_go_ = process_cpu_ns(process_.pid);
    o.sequence.store(++sequence_, std::memory_order_release);
    kill(process_.pid, SIGCONT);
    brought_ = false;
  }

  void freeze_at_done(std::function<std::int64_t(int)> freeze) override {
    freeze_ = std::move(freeze);
  }

  void wait_before_go(std::function<std::int64_t()> wait) override { wait_ = std::move(wait); }

  void settle(Window& window) override {
    if (dead_ || cpu_at_go_ < 0) return;
    const std::int64_t before = cpu_at_stop_;
    const std::int64_t go = cpu_at_go_;
    settle_cpu();
    window.cpu_ns = cpu_at_stop_ - go;
    window.cpu_outside_ns = before < 0 ? 0 : go - before;
  }

  void quit() override {
    if (dead_) return;
    order(protocol::Command::quit, 0, 2);
    bury();
  }

  std::int64_t setup_ns() const override { return setup_ns_; }
  std::uint64_t memory_peak_bytes() const override { return peak_bytes_; }
  std::vector<Protection> protections() const override { return process_.protections; }
  std::vector<std::string> notes() const override { return notes_; }
  std::string last_output() override { return printable_output(); }
  std::string impossible_claim() const override { return impossible_claim_; }
  int pid() const override { return dead_ ? 0 : process_.pid; }

 private:
  protocol::Orders& orders() { return *reinterpret_cast<protocol::Orders*>(orders_memory_.data()); }
  const protocol::Answers& answers() const {
    return *reinterpret_cast<const protocol::Answers*>(answers_memory_.data());
  }

  OrderOutcome failure(WorkerEnd end, std::string detail) {
    end_ = end;
    end_detail_ = detail;
    return {false, end, std::move(detail)};
  }

  // Its deadline ends before the worker is buried: then nobody is killed who took over its number.
  OrderOutcome await_announcement(double timeout_s) {
    const Deadline deadline(process_.pid, timeout_s);
    OrderOutcome outcome = await_done(deadline);
    if (outcome.ok) outcome = read_status();  // why the lockdown failed, if it did
    if (outcome.ok) {
      const protocol::Answers& a = answers();
      if (a.probes_allowed != 0 || a.probes_refused == 0)
        outcome = failure(WorkerEnd::failed_setup,
                          fmt::format("the lockdown let {} of {} forbidden things through",
                                      a.probes_allowed, a.probes_allowed + a.probes_refused));
      process_.protections = observe_protections(process_);
      process_.protections.push_back(lockdown_protection(a.probes_refused, a.probes_allowed));
      if (orders().lent_by_ipc != 0)
        process_.protections.push_back(
            {"device memory by descriptor", false,
             "it is lent by CUDA IPC: who learns a handle can map it, and always for writing"});
      read_notes();
    }
    stop(deadline, outcome);
    return outcome;
  }

  void read_notes() {
    char text[sizeof(protocol::Answers::notes)];
    std::memcpy(text, answers().notes, sizeof text);
    const char* const end = std::find(text, text + sizeof text, '\0');
    for (const char* line = text; line < end;) {
      const char* const stop = std::find(line, end, '\n');
      notes_.push_back(printable(line, static_cast<std::size_t>(stop - line)));
      line = stop + 1;
    }
  }

  struct Pause {
    std::int64_t after_ns;
    const std::function<void(bool in_the_middle)>& look;
  };

  OrderOutcome run_window(std::span<const std::uint32_t> plan, double timeout_s, Window& window,
                          const Pause* pause) {
    if (dead_) return failure(end_, end_detail_);
    protocol::Orders& o = orders();
    run_timeout_s_ = timeout_s;
    std::memcpy(o.plan, plan.data(), plan.size_bytes());
    window.calls = static_cast<int>(plan.size());
    const bool look = windows_++ % 8 == 0;
    if (look) steal_before_ = machine_steal_ns();
    OrderOutcome outcome = order(protocol::Command::run, static_cast<std::uint32_t>(plan.size()),
                                 timeout_s, &window, pause);
    if (look) {
      stat_ = dead_ ? ProcessStat{} : read_process_stat(process_.pid);
      if (stat_.threads > 1) pinned_to_ = where_threads_are_pinned(process_.pid);
      peak_bytes_ = std::max(peak_bytes_, stat_.private_peak_bytes);
      window.steal_ns = machine_steal_ns() - steal_before_;
    }
    window.threads = stat_.threads;
    window.resident_bytes = stat_.private_bytes;
    if (!outcome.ok) return outcome;

    // From here on the worker is stopped; copy its claims out, then judge the copy.
    claims_.resize(plan.size());
    std::memcpy(claims_.data(), answers().claims, claims_.size() * sizeof(protocol::Claim));
    const ClaimSummary claims =
        summarize_claims(claims_, window.started_ns, window.started_ns + window.done_ns);
    window.claim_sane = claims.sane;
    if (claims.sane) {
      window.lead_ns = claims_.front().start_ns - window.started_ns;
      window.awake_ns =
          std::clamp<std::int64_t>(answers().awake_ns - window.started_ns, 0, window.lead_ns);
    }
    window.claim_ns = window.host_ns = claims.sum_ns;
    window.claim_span_ns = claims.span_ns;
    window.claim_min_ns = claims.min_ns;
    return outcome;
  }

  // Moves the worker's main thread, which is stopped, to the CPU of the judge; see Agent::go_where_it_may. Where it ran is its
  // own business: who pins its threads to processors of their own was given the judge's for two of them.
  // Where the permission is missing the hand-over is slower, for the null implementation as well.
  void bring_here() {
    if (handover_cpu_ < 0 || brought_) return;
    // In a window that is a hand-over only it stayed here.
    if ((orders().flags & protocol::kHandOverOnly) == 0) {
      cpu_set_t before;
      CPU_ZERO(&before);
      auto& cpus = orders().main_cpus;
      std::memset(cpus, 0, sizeof cpus);
      if (sched_getaffinity(process_.pid, sizeof before, &before) == 0) {
        if (fits(before)) std::memcpy(cpus, &before, sizeof cpus);
        meeting_cpu_ = meeting_cpu_for(before);
      }
    }
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(static_cast<std::size_t>(meeting_cpu_), &one);
    brought_ = sched_setaffinity(process_.pid, sizeof one, &one) == 0;
  }
  // Where its main thread is not to run on the judge's, or another of its threads is pinned there, the judge comes to a
  // processor of the main thread, from the next order on: a pinned thread may spin, and both then waited behind that one for
  // milliseconds.
  int meeting_cpu_for(const cpu_set_t& allowed) const {
    const auto is_in = [](int cpu, const cpu_set_t& set) {
      return CPU_ISSET(static_cast<std::size_t>(cpu), &set) != 0;
    };
    for (const bool free : {true, false}) {
      const auto good = [&](int cpu) {
        return is_in(cpu, allowed) && !(free && is_in(cpu, pinned_to_));
      };
      if (good(handover_cpu_)) return handover_cpu_;
      for (int cpu = CPU_SETSIZE - 1; cpu >= 0; --cpu)
        if (good(cpu)) return cpu;
    }
    return handover_cpu_;
  }
  static bool fits(const cpu_set_t& set) {
    const auto* const bytes = reinterpret_cast<const unsigned char*>(&set);
    return std::all_of(bytes + sizeof protocol::Orders::main_cpus, bytes + sizeof set,
                       [](unsigned char byte) { return byte == 0; });
  }

  // Stops the worker in the middle of its window, lets the judge look, and resumes it.
  void pause_and_look(const Pause& pause, std::optional<AtOnce>& at_once, const Deadline& deadline,
                      OrderOutcome& outcome) {
    const timespec rest{static_cast<time_t>(pause.after_ns / 1'000'000'000),
                        static_cast<long>(pause.after_ns % 1'000'000'000)};
    clock_nanosleep(CLOCK_MONOTONIC, 0, &rest, nullptr);
    stop(deadline, outcome);
    at_once.reset();
    if (outcome.end != WorkerEnd::alive) return;
    pause.look(answers().sequence.load(std::memory_order_acquire) != sequence_);
    kill(process_.pid, SIGCONT);
  }

  OrderOutcome order(protocol::Command command, std::uint32_t calls, double timeout_s,
                     Window* window = nullptr, const Pause* pause = nullptr) {
    if (collecting_) {
      if (OrderOutcome before = finish_collecting(); !before.ok) return before;
    }
    if (dead_) return failure(end_, end_detail_);
    protocol::Orders& o = orders();
    o.command = command;
    o.calls = calls;
    const std::uint32_t next = ++sequence_;
    OrderOutcome outcome;
    {
      const Deadline deadline(process_.pid, timeout_s);
      const OnCpu pinned(meeting_cpu_);
      std::optional<AtOnce> at_once;  // from before GO: the worker would take its turn there
      if (pause != nullptr) at_once.emplace();
      bring_here();
      cpu_at_go_ = process_cpu_ns(process_.pid);
      std::int64_t go = window != nullptr && wait_ ? wait_() : 0;
      if (go == 0) go = monotonic_ns();
      o.sequence.store(next, std::memory_order_release);
      // Resuming interrupts the agent's wait, and it finds the new sequence: no second wake needed.
      kill(process_.pid, SIGCONT);
      brought_ = false;
      const std::int64_t resumed = monotonic_ns();
      if (pause != nullptr) pause_and_look(*pause, at_once, deadline, outcome);
      if (outcome.end == WorkerEnd::alive) outcome = await_done(deadline);
      const std::int64_t done = monotonic_ns();
      std::int64_t frozen = 0;
      if (window != nullptr && freeze_ && outcome.end == WorkerEnd::alive) {
        kill(process_.pid, SIGSTOP);
        frozen = freeze_(static_cast<int>(calls));
      }
      stop_here(deadline, outcome);
      stopped_at_ = monotonic_ns();
      if (window != nullptr) {
        window->started_ns = go;
        window->resumed_ns = resumed - go;
        window->done_ns = done - go;
        window->sealed_ns = (frozen != 0 ? frozen : stopped_at_) - go;
      }
      if (window == nullptr && !dead_) settle_cpu();
    }
    if (outcome.ok) outcome = read_status();
    if (!outcome.ok) bury();
    return outcome;
  }

  OrderOutcome finish_collecting() {
    if (dead_) return failure(end_, end_detail_);
    OrderOutcome outcome = await_done(*collecting_);
    stop(*collecting_, outcome);
    collecting_.reset();
    stopped_at_ = monotonic_ns();
    if (outcome.end == WorkerEnd::alive) settle_cpu();
    if (outcome.ok) outcome = read_status();
    if (!outcome.ok) bury();
    return outcome;
  }

  // The thread that stops last reports the stop just before it leaves its processor, and the kernel
  // books what it used since the last tick (1 ms and more) when it leaves. Read too early, that time
  // would seem to have passed while the worker was stopped.
  void settle_cpu() {
    constexpr std::int64_t kOffProcessorNs = 20'000;
    while (monotonic_ns() - stopped_at_ < kOffProcessorNs) {
    }
    cpu_at_stop_ = process_cpu_ns(process_.pid);
    cpu_at_go_ = -1;
  }

  // Sleeps until the worker says DONE (true or not), dies, or is killed by the watchdog.
  OrderOutcome await_done(const Deadline& deadline) {
    const std::atomic<std::uint32_t>& word = answers().sequence;
    for (;;) {
      const std::uint32_t seen = word.load(std::memory_order_acquire);
      if (seen == sequence_) return {true, WorkerEnd::alive, {}};
      // A worker that plays with the word makes us look again, not spin: the wait below sleeps on
      // whatever value is there. The watchdog bounds it all.
      futex_wait(word, seen, 20);
      if (word.load(std::memory_order_acquire) == sequence_) continue;
      siginfo_t info{};
      if (waitid(P_PID, static_cast<id_t>(process_.pid), &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
          info.si_pid != 0)
        return ended(info, deadline);
    }
  }

  // Once it is done. A thread that sleeps already is woken to be stopped. Where the kernel chose, it waited behind another thread
  // of the worker that spun (OpenMP) for up to a tick: 1.3 ms on average, in windows of 0.7 ms. Not in the middle of a window:
  // threads that it starts afterwards would have to stay here.
  void stop_here(const Deadline& deadline, OrderOutcome& outcome) {
    if (outcome.end == WorkerEnd::alive) bring_here();
    stop(deadline, outcome);
  }

  // Returns when every thread of the worker has stopped (or the worker is dead). The notification
  // comes from the last thread that stops, so it confirms all of them.
  void stop(const Deadline& deadline, OrderOutcome& outcome) {
    if (outcome.end != WorkerEnd::alive) return;
    kill(process_.pid, SIGSTOP);
    siginfo_t info{};
    while (waitid(P_PID, static_cast<id_t>(process_.pid), &info, WSTOPPED | WEXITED | WNOWAIT) !=
           0) {
      if (errno != EINTR) {
        outcome = failure(WorkerEnd::killed, "it vanished");
        return;
      }
    }
    if (info.si_code == CLD_STOPPED || info.si_code == CLD_TRAPPED) {
      waitid(P_PID, static_cast<id_t>(process_.pid), &info, WSTOPPED | WNOHANG);
      return;
    }
    outcome = ended(info, deadline);
  }

  OrderOutcome ended(const siginfo_t& info, const Deadline& deadline) {
    if (deadline.expired())
      return failure(WorkerEnd::hung, "it did not answer in time and was killed");
    if (info.si_code == CLD_EXITED)
      return failure(WorkerEnd::exited, fmt::format("it exited with status {}", info.si_status));
    if (process_.cgroup.oom_kills().value_or(0) > 0)
      return failure(WorkerEnd::killed, "it used more memory than its limit and was killed");
    const char* name = sigabbrev_np(info.si_status);
    // The first process of a namespace does not die of its own SIGABRT, so that abort() goes on to this.
    const char* const why =
        info.si_status == SIGSEGV ? ": a bad address, a write to an input, or abort()" : "";
    return failure(WorkerEnd::killed,
                   fmt::format("it was killed by signal {} (SIG{}{})", info.si_status,
                               name != nullptr ? name : "?", why));
  }

  OrderOutcome read_status() {
    const protocol::Status status = answers().status;
    if (status == protocol::Status::ok) return {true, WorkerEnd::alive, {}};
    const std::string said = printable(answers().message, sizeof answers().message);
    switch (status) {
      case protocol::Status::load_failed: return failure(WorkerEnd::failed_load, said);
      case protocol::Status::lockdown_failed:
      case protocol::Status::device_failed:
      case protocol::Status::setup_failed: return failure(WorkerEnd::failed_setup, said);
      case protocol::Status::call_failed: return failure(WorkerEnd::failed_call, said);
      case protocol::Status::not_capturable:
        // Only where it was asked for: nobody says this instead of a wrong answer.
        if ((orders().flags & protocol::kReplayGraph) != 0 &&
            orders().command == protocol::Command::populate)
          return failure(WorkerEnd::not_capturable, said);
        return failure(WorkerEnd::failed_call, "it answered something that is no status");
      default: return failure(WorkerEnd::failed_call, "it answered something that is no status");
    }
  }

  void bury() {
    if (dead_) return;
    dead_ = true;
    collecting_.reset();  // nobody may be killed who takes over its number
    drain();
    kill_and_reap(process_);
  }

  void drain() {
    output_tail_ += process_.read_output();
    constexpr std::size_t kKept = 16 << 10;
    if (output_tail_.size() > kKept) output_tail_.erase(0, output_tail_.size() - kKept);
  }

  std::string printable_output() {
    if (!dead_) drain();
    std::string text = output_tail_;
    for (char& c : text)
      if (c != '\n' && (c < 32 || c == 127)) c = '?';
    return text;
  }

  SandboxedProcess process_;
  SharedMemory orders_memory_;
  SharedMemory answers_memory_;
  std::string implementation_;
  std::string impossible_claim_;
  double start_timeout_s_;
  int handover_cpu_;  // -1: none
  int meeting_cpu_;   // that one, or another, see meeting_cpu_for()
  cpu_set_t
      pinned_to_{};       // processors to which one of its other threads is pinned, and to no other
  bool brought_ = false;  // to that CPU, and not resumed since
  bool on_cpu_;
  std::uint32_t sequence_ = 0;
  bool dead_ = false;
  WorkerEnd end_ = WorkerEnd::alive;
  std::string end_detail_;
  std::string output_tail_;
  // Handing in records takes far less; a device that never ends its work holds it up for as long as this.
  static constexpr double kLeastCollectingS = 5;
  double run_timeout_s_ = 20;           // of the last window
  std::optional<Deadline> collecting_;  // begun, and not waited for yet
  std::vector<protocol::Claim> claims_;
  std::vector<protocol::DeviceClaim> device_claims_;
  std::vector<std::string> notes_;
  ProcessStat stat_;
  std::uint64_t windows_ = 0;
  std::uint64_t peak_bytes_ = 0;
  std::function<std::int64_t(int)> freeze_;
  std::function<std::int64_t()> wait_;
  std::int64_t stopped_at_ = 0;
  std::int64_t cpu_at_go_ = -1;    // -1: the last window is settled
  std::int64_t cpu_at_stop_ = -1;  // settled; -1: unknown
  std::int64_t steal_before_ = 0;
  std::int64_t setup_ns_ = 0;
};

}  // namespace

Result<std::unique_ptr<Worker>> launch_worker(const WorkerSpec& spec, const Problem& problem,
                                              const Buffers& buffers) {
  auto orders = SharedMemory::create("aisp-orders", sizeof(protocol::Orders),
                                     SharedMemory::Access::worker_reads);
  if (!orders) return orders.error();
  auto answers = SharedMemory::create("aisp-answers", sizeof(protocol::Answers),
                                      SharedMemory::Access::worker_writes);
  if (!answers) return answers.error();
  auto& page = *reinterpret_cast<protocol::Orders*>(orders->data());
  write_orders(problem, buffers.layout(), spec.handover_cpu, page);
  write_device(spec.device, buffers, page);
  const bool gpu = spec.device.kind != DeviceAccess::Kind::cpu;

  SandboxSpec sandbox;
  sandbox.profile = SandboxProfile::implementation;
  sandbox.executable_host_path = spec.agent.string();
  sandbox.argv = {"aisp-agent", "/aisp/implementation.so"};
  sandbox.fds = {{orders->fd(), protocol::kOrdersFd}, {answers->fd(), protocol::kAnswersFd}};
  // A region without bytes has no memory on a GPU, and one that is lent by IPC no descriptor.
  const bool by_descriptor = page.lent_by_ipc == 0;
  if (!gpu || (page.inputs_mapped_bytes > 0 && by_descriptor))
    sandbox.fds.emplace_back(buffers.inputs_fd(), protocol::kInputsFd);
  if (!gpu || (page.outputs_mapped_bytes > 0 && by_descriptor))
    sandbox.fds.emplace_back(buffers.outputs_fd(), protocol::kOutputsFd);
  if (page.host_inputs_mapped_bytes > 0)
    sandbox.fds.emplace_back(buffers.host_inputs_fd(), protocol::kHostInputsFd);
  if (page.host_outputs_mapped_bytes > 0)
    sandbox.fds.emplace_back(buffers.host_outputs_fd(), protocol::kHostOutputsFd);
  // On a GPU the host's code is not what is timed.
  sandbox.binds = {{spec.implementation.string(), "/aisp/implementation.so", false, !gpu}};
  sandbox.limits.memory_bytes = spec.memory_limit_bytes;
  sandbox.limits.max_threads = spec.max_threads;
  sandbox.limits.gpu_driver = gpu;
  sandbox.device = {spec.device.nodes, spec.device.files, spec.device.proc_files};
  sandbox.environment = spec.device.environment;
  if (spec.trace_refused_calls) sandbox.environment.push_back("AISP_TRACE_REFUSED=1");
  auto process = start_sandboxed(sandbox);
  if (!process) return process.error();
  return std::unique_ptr<Worker>(std::make_unique<ProcessWorker>(
      std::move(*process), std::move(*orders), std::move(*answers), spec));
}

Result<std::unique_ptr<Worker>> start_worker(const WorkerSpec& spec, const Problem& problem,
                                             const Buffers& buffers) {
  auto worker = launch_worker(spec, problem, buffers);
  if (!worker) return worker.error();
  if (const Status ready = (*worker)->await_ready(); !ready) return ready.error();
  return worker;
}

}  // namespace aisp
