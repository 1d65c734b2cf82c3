// The rounds of one target: who takes part, in what order, on what inputs, and what was recorded.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "judge/judge.h"
#include "judge/oracle.h"
#include "judge/times.h"
#include "worker/worker.h"

namespace aisp {

// An implementation and its worker. The null implementation is one too; it is never verified.
struct Side {
  Contestant contestant;
  bool is_null = false;
  std::unique_ptr<Worker> worker;
  Observation observation;
  std::int64_t spent_ns = 0;  // in windows, by the sealed clock
  std::int64_t took_ns =
      0;  // its turns in rounds, with what the judge did in them, since the pilot
  WindowKind mode = WindowKind::timed;  // that its worker is in: timed, one_by_one or plain
  std::size_t outputs = 0;  // which region of the device's outputs it maps: Buffers::use_outputs
  std::int64_t device_bytes = 0;  // memory of the device that it took and has not given back
  bool let_go = false;            // for the others' sake
  bool alive() const { return worker != nullptr && observation.end == WorkerEnd::alive; }
};

// Bytes of the narrowest type whose arithmetic the outputs' tolerances could admit: 1, 2, or 4 where only fp32 does.
int narrowest_bytes(const Problem& problem);

class Match {
 public:
  Match(const Problem& problem, Device& device, const JudgeOptions& options)
      : problem_(problem),
        device_(device),
        options_(options),
        secrets_(options.key, kSecretsNonce),
        starts_secrets_(options.key, kSecretsNonce - (1ull << 32)) {}

  // Allocates buffers, starts every worker and runs its setup. An error means that nothing can be
  // judged: no buffers, no null implementation, no sandbox, or a baseline that does not come up.
  Status start(const std::vector<Contestant>& contestants);

  // A few one-call windows of everybody: how long calls take, hence how many go into a window.
  Status pilot();

  // One timed round. The number of calls is one of two sizes, by a secret coin.
  void round();

  // Makes up for windows of one call that the rounds have not had time for.
  void complete_alone();

  // Makes up for looks in the middle of windows that the rounds have not had time for.
  void complete_looks();

  // The last question: the same inputs twice. Compares outputs bit by bit and the two times.
  void replay(int repeats);
  // The same for who is under suspicion: each side by itself, and both windows of a pair come after a window on other
  // inputs or on the same ones, right after inputs were drawn, so that nothing but having seen them differs.
  void replay_in_pairs(int repeats);

  // The same inputs again, but for a few elements: outputs must move as the reference moves. Who looks
  // at part of the inputs to know them again gives the old answer. Windows of at most `calls` calls.
  void jitter(int calls);

  // CPU time of the judge and of all workers so far, also of those that ended.
  std::int64_t own_cpu_ns() const;

  NullCost null_cost() const {
    return NullCost(null().observation.windows, agent_ns_, frozen_call_ns_);
  }
  std::vector<Side>& sides() { return sides_; }  // the null implementation is the last one
  const std::vector<Side>& sides() const { return sides_; }
  const Side& null() const { return sides_.back(); }
  // Whether more processes are to come of which each side's times are made up (CPU): restart().
  bool wants_processes() const;
  // Whether the last process has lived long enough to be the last; endure(): from here on none is started.
  bool has_lived_long() const;
  // Whether half as many rounds are of it as of all others: without that nothing is known of how it goes on.
  bool counts_enough() const;
  void endure() { enduring_ = true; }
  int calls_per_window() const { return calls_many_; }
  // Whether a match with the baseline alone would say something else: another one's calls are so long that windows hold one,
  // in which baselines that wake threads are slower, or it was let go for the others' sake.
  bool wants_own_match(const Side& side) const;
  int timed_rounds() const { return timed_rounds_; }
  // What of the rounds' time went to who has ended since, by itself or because it was let go: the others' time limit
  // does not count it, or whoever hangs once would have used it up for all of them.
  std::int64_t lost_ns() const;

 private:
  static constexpr std::uint64_t kSecretsNonce = ~0ull;
  // Windows of one call, at least; enough for an interval of 95 % for one of four candidates (9 are needed).
  static constexpr int kAloneRounds = 12;

  Side make_side(const Contestant& contestant, bool is_null);
  WorkerSpec worker_spec(const Side& side);
  // A worker for it, which comes up by itself; await_ready() waits for that. Where either fails the side has ended.
  void launch(Side& side);
  void await_ready(Side& side);
  void launch_all();
  void start_process(Side& side);
  // Everybody but the null implementation in a new process. How a process lies in memory (the pages of its code and its stack, the addresses of its
  // buffers) makes all of its calls faster or slower: on two processors, the same code in two processes at once differed by 3
  // to 5 %, and by 14 % where processors share lines. Kalibera and Jones, "Rigorous benchmarking in reasonable time"
  // (2013), repeat at the highest level that varies.
  void restart();
  bool interrupted() const;
  static constexpr std::uint64_t kDrawsOfStarts = 1ull << 27;  // of 28 bits, see nonce_of
  std::uint64_t draw_for_start();
  std::uint64_t secret_for_start();
  double setup_timeout_s(const Side& side) const;
  bool may_restart() const;
  bool is_time_to_restart() const;
  void populate(Side& side, int sets, const char* where);
  void run_alone();
  // Sets that a window has beside those of its calls (CPU).
  struct Beside {
    int before = 0, after = 0;
    // They are as the window before has left them, whose poison this was: only the sets of the calls are prepared.
    std::optional<std::uint64_t> word;
  };
  // A window of several calls on other inputs, right before the one call that counts and that is drawn afterwards: in a row, too, a
  // call finds weights in the caches and threads awake. What it takes longer alone is then work that calls share. (With cold ones, a
  // baseline that walks through 1 MiB of weights took 219 us longer alone, and a candidate that fetched them in order was
  // believed to have saved that in every call.) Nothing is swept in between. nullopt: it ended.
  std::optional<Beside> warm_up_alone(Side& side);
  // What the agent costs a window: the null implementation with it and without.
  void measure_agent();
  std::optional<double> null_window_ns(bool hand_over_only);
  void run_round(WindowKind kind, int calls, bool verify);
  int calls_for(double fastest_ns, double slowest_ns) const;
  // Median per call of the timed windows, nothing below what a call takes at the least; 0 = there is none.
  double timed_call_ns(const Side& side, const NullCost& cost) const;
  void use_windows_of(int calls);
  void plan_again();
  using Pausing = std::function<OrderOutcome(std::span<const std::uint32_t>, double, Window&)>;
  Window* run_window(Side& side, WindowKind kind, int calls, int position, std::uint64_t draw,
                     std::uint64_t* poison_out, const Pausing* pausing, const Beside& beside);
  Window* run_window(Side& side, WindowKind kind, int calls, int position, std::uint64_t draw,
                     std::uint64_t* poison_out, const Pausing* pausing = nullptr) {
    return run_window(side, kind, calls, position, draw, poison_out, pausing, {});
  }
  void note_inputs(Side& side, int calls, std::int64_t changed);
  void note_stray(Side& side, const std::optional<StrayWrite>& stray);
  // After an order that was no window: what is found there after the next window would be another side's fault.
  void look_beyond_windows(Side& side);
  double median_done_ns(const Side& side, int calls) const;
  // The change of hands of a GPU spreads by some 15 µs: twice the length, half of that in a call.
  double window_ns() const { return (on_device() ? 2 : 1) * options_.window_ns; }

  // match_device.cpp: what differs where the work goes on without the worker's host thread.
  bool on_device() const {
    return device_.worker_access_kind() != DeviceAccess::Kind::cpu && !options_.in_process;
  }
  void connect_device(Worker& worker);
  WorkerMode device_mode(WindowKind mode) const;
  // From here on calls are replays of graphs, one for each set, if that was asked for. Not before
  // everybody has run once: modules are loaded and handles made on a first call, which no capture allows.
  void begin_replaying_graphs();
  // Begins to prepare a window, which the worker's order waits for. False: the worker ended.
  bool prepare_on_device(Side& side, WindowKind kind, const Preparation& preparation);
  void begin_collecting(Side& side);
  bool collect_claims(Side& side, Window& window, const std::string& where);
  // What run_window leaves to whoever verifies: collects and settles a window that nobody will. Without it the next
  // window's CPU time outside would be this one's. False when the worker ended.
  bool finish(Side& side, Window& window);
  void calibrate_preparing();
  void note_device_look(int calls);
  // Warm-up windows of several calls; returns how many.
  int pilot_of_several();
  // Now and then a round whose calls are waited for one by one, and at the end as many as are missing.
  void now_and_then_one_by_one();
  void complete_one_by_one();
  void run_one_by_one();
  // Now and then rounds of plain windows, and at the end as many as are missing.
  void now_and_then_plain();
  void complete_plain();
  void run_plain(int rounds);
  void run_plain_alone(int rounds);
  void probe_on_device(Side& side, int calls);

  std::vector<std::vector<std::byte>> copy_outputs(int calls);
  // Now and then, between rounds that cannot be told apart: stops everybody in the middle of a window
  // and looks how far it is. Not timed.
  void look_in_the_middle();
  void look_now();
  void probe(Side& side, int calls);
  bool may_swap() const;
  // On a device: a call whose inputs became those of another one before its turn, by sets.
  struct Lent {
    int set = 0;
    int like = 0;
  };
  void use_outputs_of(const Side& side);
  bool may_lend() const;
  void lend_inputs(int last_touched, int calls);
  void judge_lent(std::span<const Lent> all, const std::vector<std::uint64_t>& after,
                  std::uint64_t draw, std::uint64_t poison, ProgressProbe& seen);
  std::vector<Lent> lent_;       // of the window that runs
  std::size_t own_outputs_ = 0;  // regions that candidates have to themselves
  std::vector<int> swap_inputs(int last_touched, int calls, std::uint64_t draw);
  void judge_swapped(std::span<const int> swapped, std::uint64_t before, std::uint64_t now,
                     std::uint64_t poison, ProgressProbe& seen);
  // Lets those go whose windows have taken all the time that one implementation gets. The baseline
  // may take what it takes: without it there is nothing to compare with.
  void drop_over_budget();
  // Whoever takes that long for each window, by `taken`.
  void let_go_who_starves_others(double (Match::*taken)(const Side&) const, const char* what);
  double pilot_call_ns(const Side& side) const { return median_done_ns(side, 1); }
  double round_ns(const Side& side) const;
  void bury(Side& side, const OrderOutcome& outcome, const std::string& where);
  // While it lives nobody asks the device how it is: that would take its time.
  std::unique_lock<std::mutex> device_to_ourselves() const {
    DeviceWatch* const watch = device_.watch();
    return watch != nullptr ? watch->hold() : std::unique_lock<std::mutex>();
  }
  // What the side has taken of the device's memory since `before`, while nobody else ran. False: it left
  // too little for the judge and was let go.
  bool count_device_memory(Side& side, const std::optional<Device::Memory>& before,
                           const std::string& where);
  bool calibrated(int calls);
  // How many calls of a round the reference judges, and whether it does so after all windows.
  struct Referenced {
    int calls = 0;
    bool later = false;
  };
  Referenced reference_calls(WindowKind kind, int calls);
  int sure_to_be_judged() const;
  std::vector<std::size_t> secret_order();
  double timeout_s(int calls) const;

  const Problem& problem_;
  Device& device_;
  const JudgeOptions& options_;
  ChaChaSource secrets_;  // orders, coins, poison: all from the run's key
  std::unique_ptr<Buffers> buffers_;
  std::unique_ptr<Verifier> verifier_;
  std::unique_ptr<Oracle> oracle_;
  std::vector<Side> sides_;
  std::vector<std::uint32_t> plan_;
  std::uint64_t next_draw_ = 0;
  ChaChaSource starts_secrets_;     // of processes that are started later
  std::uint64_t starts_draws_ = 0;  // likewise
  int rounds_ = 0;
  int timed_rounds_ = 0;
  int processes_ = 0;       // that each side has had
  int process_rounds_ = 0;  // timed ones, since the last start
  std::int64_t process_began_ns_ = 0, rounds_began_ns_ = 0;
  bool enduring_ = false;
  double start_ns_ = 0;  // what the last start of everybody took, with its warm-up
  double restarts_ns_ = 0;
  int looks_ = 0;
  int alone_rounds_ = 0;
  std::vector<double> agent_ns_;  // one for each time it was measured
  int one_by_one_rounds_ = 0;
  int plain_rounds_ = 0;
  int plain_alone_rounds_ = 0;
  Prepared prepared_;  // the last window of a device
  // Nanoseconds to prepare a window of one call, for each call more, for each set more that only is poisoned.
  struct {
    double one = 0, set = 0, prepared_set = 0;
  } preparing_;
  double frozen_call_ns_ =
      0;  // to copy one set's outputs out of reach, in a window of many (device)
  Side* last_ran_ = nullptr;
  bool look_was_slow_ = false;
  bool replaying_graphs_ = false;
  struct {
    Side* side = nullptr;
    std::size_t look = 0;
  } first_slow_;                     // where the device stopped being quiet
  std::map<int, int> null_windows_;  // rounds so far by calls of a window
  int calls_few_ = 1;
  int calls_many_ = 1;
  int prepared_sets_ = 1;  // present in the page tables of all workers
  double reference_ns_per_call_ = 0;
  int pilots_by_reference_ = 0;
  double reference_spent_ns_ = 0;   // in timed rounds
  double windows_spent_ns_ = 0;     // in timed rounds
  double warm_up_ns_per_call_ = 0;  // of everybody's windows, in the last warm-up round
};

}  // namespace aisp
