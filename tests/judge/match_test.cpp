// Rounds with real workers: who sees what in which order, and what happens when one of them is shot.
#include "judge/match.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <thread>

#include "base/clock.h"
#include "guard/guards.h"
#include "judge/spy_device.h"
#include "worker/hostile_problem.h"

namespace aisp {
namespace {

using ::testing::HasSubstr;
using testing::hostile_problem;
using testing::Mode;
using testing::Poisoning;
using testing::SpyDevice;

JudgeOptions options_with(std::uint8_t key, int max_calls) {
  JudgeOptions options;
  options.key.bytes[7] = key;
  options.max_calls_per_window = max_calls;
  options.window_ns = 1e9;  // as many calls as are allowed
  options.agent = AISP_AGENT;
  options.null_implementation = std::filesystem::path(AISP_AGENT).parent_path() / "aisp-null.so";
  options.interval = 1e-12;
  options.time_limit_s = 1;
  options.cold = false;
  options.one_process = true;
  options.config_hash = "test";
  options.config_hash_again = [] { return std::string("test"); };
  return options;
}

// As in a real match, with time for as many starts as there may be.
JudgeOptions several_processes(std::uint8_t key) {
  JudgeOptions options = options_with(key, 8);
  options.one_process = false;
  options.time_limit_s = 60;
  return options;
}

const std::vector<Contestant> kThree = {
    {"baseline", Part::baseline, AISP_HOSTILE_MODULE},
    {"optimized", Part::optimized, AISP_HOSTILE_MODULE},
    {"optimized_other", Part::optimized, AISP_HOSTILE_MODULE},
};

TEST(Match, ToleranceSaysHowNarrowArithmeticMayBe) {
  Problem problem = hostile_problem(Mode::honest);
  for (const auto& [dtype, bytes] :
       {std::pair{Dtype::fp64, 4}, std::pair{Dtype::fp32, 4}, std::pair{Dtype::fp16, 2},
        std::pair{Dtype::bf16, 2}, std::pair{Dtype::fp8_e4m3, 1}}) {
    for (Output& output : problem.outputs) output.tolerance = Tolerance::for_dtype(dtype);
    EXPECT_EQ(narrowest_bytes(problem), bytes);
  }
}

struct Played {
  std::vector<Poisoning> windows;           // of timed rounds
  std::vector<std::vector<int>> positions;  // [side][timed round]
};

Played play(std::uint8_t key, int max_calls, int rounds, int replays = 0) {
  const Problem problem = hostile_problem(Mode::honest);
  SpyDevice device;
  const JudgeOptions options = options_with(key, max_calls);
  Match match(problem, device, options);
  Played played;
  if (const Status started = match.start(kThree); !started.ok()) {
    ADD_FAILURE() << started.error().message();
    return played;
  }
  EXPECT_TRUE(match.pilot().ok());
  const std::size_t before = device.seen.size();
  for (int i = 0; i < rounds; ++i) match.round();
  if (replays > 0) match.replay(replays);
  played.windows.assign(device.seen.begin() + static_cast<std::ptrdiff_t>(before),
                        device.seen.end());
  for (const Side& side : match.sides()) {
    auto& of_side = played.positions.emplace_back();
    for (const Window& w : side.observation.windows)
      if (w.kind == WindowKind::timed) of_side.push_back(w.position);
  }
  return played;
}

TEST(Match, EverySideGetsEveryPosition) {
  const Played played = play(1, 2, 40);
  ASSERT_EQ(played.positions.size(), 4u);  // the null implementation takes part
  for (std::size_t side = 0; side < 4; ++side) {
    ASSERT_EQ(played.positions[side].size(), 40u);
    EXPECT_EQ(std::set<int>(played.positions[side].begin(), played.positions[side].end()),
              (std::set<int>{0, 1, 2, 3}))
        << "side " << side;
  }
  for (std::size_t round = 0; round < 40; ++round) {
    std::set<int> taken;
    for (const auto& of_side : played.positions) taken.insert(of_side[round]);
    EXPECT_EQ(taken.size(), 4u) << "two at once in round " << round;
  }
}

TEST(Match, AllSidesOfARoundSeeTheSameInputsAndNoRoundSeesThemAgain) {
  const Played played = play(2, 4, 25);
  std::map<std::uint64_t, const Poisoning*> of_draw;
  std::set<std::string> seen;
  std::set<std::uint64_t> words;
  std::map<std::uint64_t, int> windows;
  for (const Poisoning& p : played.windows) {
    EXPECT_TRUE(words.insert(p.word).second) << "poison was used twice";
    ++windows[p.draw];
    const auto [at, first] = of_draw.emplace(p.draw, &p);
    if (!first) {
      // A window in the middle of which one looks may be of a size of its own.
      for (std::size_t s = 0; s < std::min(p.inputs.size(), at->second->inputs.size()); ++s)
        EXPECT_EQ(p.inputs[s], at->second->inputs[s]) << "draw " << p.draw;
      continue;
    }
    for (const std::string& inputs : p.inputs)
      EXPECT_TRUE(seen.insert(inputs).second) << "inputs of draw " << p.draw << " were seen before";
  }
  int whole = 0;
  for (const auto& [draw, count] : windows) whole += count == 3;
  EXPECT_GE(whole, 25);
}

TEST(Match, ReplaysAskEverySideTwiceOnTheSameInputs) {
  const Played played = play(3, 4, 1, 2);
  std::map<std::uint64_t, int> windows;
  std::set<std::string> inputs;
  for (const Poisoning& p : played.windows) ++windows[p.draw];
  std::vector<int> counts;
  for (const auto& [draw, count] : windows) counts.push_back(count);
  EXPECT_EQ(std::count(counts.begin(), counts.end(), 6), 2);
}

// A window that nobody verifies is settled all the same: its CPU time would be charged to the next one's outside, which
// `quiet` calls work between windows.
TEST(Match, CpuTimeOfWindowsThatAreNotVerifiedIsTheirOwn) {
  const Problem problem = hostile_problem(Mode::honest);
  SpyDevice device;
  const JudgeOptions options = options_with(9, 4);
  Match match(problem, device, options);
  ASSERT_TRUE(match.start(kThree).ok());
  ASSERT_TRUE(match.pilot().ok());
  match.round();
  match.replay_in_pairs(2);
  match.jitter(1);
  for (const Side& side : match.sides()) {
    if (side.is_null) continue;
    int replays = 0;
    for (const Window& w : side.observation.windows) {
      replays += w.kind == WindowKind::replay;
      EXPECT_GT(w.cpu_ns, 0) << "kind " << static_cast<int>(w.kind) << ", round " << w.round;
      EXPECT_LT(w.cpu_outside_ns, 1'000'000)
          << "kind " << static_cast<int>(w.kind) << ", round " << w.round;
    }
    EXPECT_EQ(replays, 4);
  }
}

// Threads of a reference that spin for a while when it has returned, as OpenMP's do, have no part in anybody's window.
TEST(Match, WindowsWaitForThreadsThatTheReferenceLeftRunning) {
  constexpr std::int64_t kSpinNs = 5'000'000;
  std::vector<std::int64_t> returned;
  Problem problem = hostile_problem(Mode::honest);
  const auto reference = problem.reference.get();
  problem.reference = [&](const Inputs& inputs, const Expected& expected) {
    reference(inputs, expected);
    returned.push_back(monotonic_ns());
    std::thread([until = returned.back() + kSpinNs] {
      while (monotonic_ns() < until) {
      }
    }).detach();
  };
  SpyDevice device;
  const JudgeOptions options = options_with(12, 2);
  Match match(problem, device, options);
  ASSERT_TRUE(match.start(kThree).ok());
  ASSERT_TRUE(match.pilot().ok());
  for (int round = 0; round < 10; ++round) match.round();
  int windows = 0;
  for (const Side& side : match.sides())
    for (const Window& w : side.observation.windows) {
      if (w.kind != WindowKind::timed) continue;
      ++windows;
      for (const std::int64_t at : returned)
        EXPECT_TRUE(w.started_ns < at || w.started_ns > at + kSpinNs)
            << "round " << w.round << ", position " << w.position;
    }
  EXPECT_GE(windows, 30);
  EXPECT_GE(returned.size(), 10u);
}

// Else a call that is slow every so many calls can always be in the first window of a pair.
TEST(Match, PairsOfReplaysComeAfterAnyNumberOfCalls) {
  const Problem problem = hostile_problem(Mode::honest);
  SpyDevice device;
  const JudgeOptions options = options_with(10, 8);
  Match match(problem, device, options);
  ASSERT_TRUE(match.start(kThree).ok());
  ASSERT_TRUE(match.pilot().ok());
  const auto& windows = match.sides()[1].observation.windows;
  const std::size_t before = windows.size();
  match.replay_in_pairs(12);
  std::set<int> counts;
  for (std::size_t i = before; i < windows.size(); ++i) {
    if (windows[i].kind == WindowKind::pilot)
      counts.insert(windows[i].calls);
    else
      EXPECT_EQ(windows[i].calls, match.calls_per_window());
  }
  EXPECT_GE(counts.size(), 3u);
}

// Else the damage is found after the first window that follows, which is somebody else's.
TEST(Match, WhatIsWrittenInSetupIsNobodyElsesFault) {
  const Problem problem = hostile_problem(Mode::honest);
  for (const std::uint8_t key : {11, 12, 13, 14}) {  // whose window is first depends on it
    SpyDevice device;
    const JudgeOptions options = options_with(key, 2);
    Match match(problem, device, options);
    ASSERT_TRUE(match
                    .start({{"baseline", Part::baseline, AISP_HOSTILE_MODULE},
                            {"damages", Part::candidate, AISP_DAMAGES_IN_SETUP_MODULE},
                            {"other", Part::candidate, AISP_HOSTILE_MODULE}})
                    .ok());
    ASSERT_TRUE(match.pilot().ok());
    for (const Side& side : match.sides())
      EXPECT_EQ(side.observation.band_damage.empty(), side.contestant.name != "damages")
          << side.contestant.name << ", key " << static_cast<int>(key);
  }
}

// Who dawdles in the pilot cannot leave everybody windows of one call for the whole run.
TEST(Match, WindowsAreAsLongAsTimedCallsAsk) {
  const Problem problem = hostile_problem(Mode::slow_at_first, 6);
  SpyDevice device;
  JudgeOptions options = options_with(15, 64);
  options.window_ns = 2e6;
  Match match(problem, device, options);
  ASSERT_TRUE(match.start(kThree).ok());
  ASSERT_TRUE(match.pilot().ok());
  EXPECT_EQ(match.calls_per_window(), 1);
  for (int i = 0; i < 8; ++i) match.round();
  EXPECT_EQ(match.calls_per_window(), 64);
}

// The others of its match would be timed five times. Nobody is let go for being slow by himself.
TEST(Match, WhoIsSoSlowThatOthersAreNotTimedIsLetGo) {
  const Problem problem = hostile_problem(Mode::honest);
  const Contestant slow = {"slow", Part::candidate, AISP_TAKES_ITS_TIME_MODULE};
  const Contestant quick = {"quick", Part::candidate, AISP_HOSTILE_MODULE};
  for (const bool beside_others : {false, true}) {
    SpyDevice device;
    const JudgeOptions options = options_with(21, 1);
    Match match(problem, device, options);
    std::vector<Contestant> contestants = {kThree[0], slow};
    if (beside_others) contestants.push_back(quick);
    ASSERT_TRUE(match.start(contestants).ok());
    ASSERT_TRUE(match.pilot().ok());
    match.round();
    for (const Side& side : match.sides()) {
      const bool let_go = beside_others && side.contestant.name == "slow";
      EXPECT_EQ(side.alive(), !let_go) << side.contestant.name;
      EXPECT_EQ(side.observation.end, let_go ? WorkerEnd::over_budget : WorkerEnd::alive);
      EXPECT_EQ(match.wants_own_match(side), let_go);
      EXPECT_THAT(side.observation.end_detail,
                  HasSubstr(let_go ? "judge it in a run of its own" : ""));
    }
  }
}

// Nor those who show it when the warm-up is over. What they took until then is not taken from the others' time.
TEST(Match, WhoBecomesSoSlowThatOthersAreNotTimedIsLetGo) {
  const Problem problem = hostile_problem(Mode::honest);
  const Contestant slow = {"slow", Part::candidate, AISP_DAWDLES_LATER_MODULE};
  const Contestant quick = {"quick", Part::candidate, AISP_HOSTILE_MODULE};
  for (const bool beside_others : {false, true}) {
    SpyDevice device;
    const JudgeOptions options = options_with(22, 1);
    Match match(problem, device, options);
    std::vector<Contestant> contestants = {kThree[0], slow};
    if (beside_others) contestants.push_back(quick);
    ASSERT_TRUE(match.start(contestants).ok());
    ASSERT_TRUE(match.pilot().ok());
    EXPECT_EQ(match.lost_ns(), 0);
    for (int i = 0; i < 6; ++i) match.round();
    for (const Side& side : match.sides()) {
      const bool let_go = beside_others && side.contestant.name == "slow";
      EXPECT_EQ(side.alive(), !let_go) << side.contestant.name;
      EXPECT_THAT(side.observation.end_detail,
                  HasSubstr(let_go ? "judge it in a run of its own" : ""));
    }
    // Two calls are enough: 0.6 s on average of five rounds are more than 0.1.
    EXPECT_EQ(match.lost_ns() >= 600'000'000, beside_others);
    EXPECT_LT(match.lost_ns(), 1'500'000'000);
  }
}

// 11 ms a call leave the others windows of one call: what comes out says something about the match, not about them.
TEST(Match, WhoIsHeldUpByAnotherWantsAMatchOfItsOwn) {
  const Problem problem = hostile_problem(Mode::spins, 20'000);
  const Contestant naps = {"naps", Part::candidate, AISP_NAPS_AT_FIRST_MODULE};
  const Contestant quick = {"quick", Part::candidate, AISP_HOSTILE_MODULE};
  for (const bool beside_a_napper : {false, true}) {
    SpyDevice device;
    JudgeOptions options = options_with(23, 64);
    options.window_ns = 1e6;
    Match match(problem, device, options);
    std::vector<Contestant> contestants = {kThree[0], quick};
    if (beside_a_napper) contestants.push_back(naps);
    ASSERT_TRUE(match.start(contestants).ok());
    ASSERT_TRUE(match.pilot().ok());
    EXPECT_EQ(match.calls_per_window() == 1, beside_a_napper);
    for (int i = 0; i < 5; ++i) match.round();
    for (const Side& side : match.sides())
      EXPECT_EQ(match.wants_own_match(side), beside_a_napper && side.contestant.name == "quick")
          << side.contestant.name;
  }
}

// Whoever stops napping before the end leaves long windows, and nearly all that was timed is of short ones.
TEST(Match, WhoWasHeldUpForMostOfTheTimeWantsAMatchOfItsOwn) {
  const Problem problem = hostile_problem(Mode::spins, 20'000);
  SpyDevice device;
  JudgeOptions options = options_with(24, 64);
  options.window_ns = 1e6;
  Match match(problem, device, options);
  ASSERT_TRUE(match
                  .start({kThree[0],
                          {"quick", Part::candidate, AISP_HOSTILE_MODULE},
                          {"naps", Part::candidate, AISP_NAPS_AT_FIRST_MODULE}})
                  .ok());
  ASSERT_TRUE(match.pilot().ok());
  EXPECT_EQ(match.calls_per_window(), 1);
  for (int i = 0; i < 200 && match.calls_per_window() == 1; ++i) match.round();
  EXPECT_GT(match.calls_per_window(), 1);
  EXPECT_TRUE(match.wants_own_match(match.sides()[1]));
}

// Five rounds of a reference that takes a third of the time limit would leave nothing for windows, and no interval.
TEST(Match, ADearReferenceLeavesHalfOfTheTimeToWindows) {
  Problem problem = hostile_problem(Mode::honest);
  const auto reference = problem.reference.get();
  problem.reference = [reference](const Inputs& in, const Expected& expected) {
    usleep(300'000);
    reference(in, expected);
  };
  SpyDevice device;
  JudgeOptions options = options_with(6, 2);
  for (const bool verify_only : {false, true}) {
    options.verify_only = verify_only;
    Match match(problem, device, options);
    ASSERT_TRUE(match.start({kThree[0], kThree[1]}).ok());
    ASSERT_TRUE(match.pilot().ok());
    for (int i = 0; i < 6; ++i) match.round();
    int by_reference = 0, verified = 0;
    for (const Window& w : match.sides()[1].observation.windows) {
      if (w.kind != WindowKind::timed) continue;
      by_reference += w.calls_by_reference > 0;
      verified += w.calls_verified == w.calls;
    }
    EXPECT_GE(by_reference, verify_only ? 5 : 1);
    EXPECT_LE(by_reference, verify_only ? 6 : 3);
    EXPECT_EQ(verified, 6);
    // Warm-ups make up for what timed rounds cannot pay for, and for no more.
    const Finding coverage = guard::coverage(match.sides()[1].observation);
    EXPECT_EQ(coverage.status, FindingStatus::pass) << coverage.message;
    const auto& windows = match.sides()[1].observation.windows;
    EXPECT_LE(std::count_if(windows.begin(), windows.end(),
                            [](const Window& w) {
                              return w.kind == WindowKind::pilot && w.calls_by_reference > 0;
                            }),
              verify_only ? 1 : 4);
  }
}

// The pause before a window must not tell whether this is a round that the reference judges.
TEST(Match, ADearReferenceRunsWhenAllWindowsOfARoundAreOver) {
  Problem problem = hostile_problem(Mode::honest);
  const auto reference = problem.reference.get();
  std::vector<std::int64_t> asked;
  problem.reference = [&](const Inputs& in, const Expected& expected) {
    asked.push_back(monotonic_ns());
    usleep(20'000);
    reference(in, expected);
  };
  SpyDevice device;
  const JudgeOptions options = options_with(9, 1);
  Match match(problem, device, options);
  ASSERT_TRUE(match.start({kThree[0], kThree[1]}).ok());
  ASSERT_TRUE(match.pilot().ok());
  for (int i = 0; i < 30; ++i) match.round();
  struct Round {
    std::int64_t first = INT64_MAX, last = 0;
    int by_reference = 0;
  };
  std::map<int, Round> rounds;
  for (const Side& side : match.sides())
    for (const Window& w : side.observation.windows) {
      if (w.kind != WindowKind::timed || side.is_null) continue;
      Round& round = rounds[w.round];
      round.first = std::min(round.first, w.started_ns);
      round.last = std::max(round.last, w.started_ns);
      round.by_reference = w.calls_by_reference;
    }
  ASSERT_EQ(rounds.size(), 30u);
  int with = 0, without = 0;
  for (auto at = rounds.begin(); std::next(at) != rounds.end(); ++at) {
    const Round& round = at->second;
    const Round& next = std::next(at)->second;
    const auto between = [&](std::int64_t begin, std::int64_t end) {
      return std::count_if(asked.begin(), asked.end(),
                           [&](std::int64_t t) { return begin < t && t < end; });
    };
    EXPECT_EQ(between(round.first, round.last), 0);
    EXPECT_EQ(between(round.last, next.first), round.by_reference) << "round " << at->first;
    ++(round.by_reference > 0 ? with : without);
  }
  EXPECT_GT(with, 5) << "the first rounds, and some by chance";
  EXPECT_GT(without, 5);
}

TEST(Match, TheKeyRepeatsInputsAndOrder) {
  const Played a = play(4, 1, 12), b = play(4, 1, 12);
  ASSERT_EQ(a.windows.size(), b.windows.size());
  for (std::size_t i = 0; i < a.windows.size(); ++i) {
    EXPECT_EQ(a.windows[i].draw, b.windows[i].draw);
    EXPECT_EQ(a.windows[i].inputs, b.windows[i].inputs);
  }
  EXPECT_EQ(a.positions, b.positions);
  const Played other = play(5, 1, 12);
  EXPECT_NE(a.positions, other.positions);
  EXPECT_NE(a.windows.front().inputs, other.windows.front().inputs);
}

TEST(Match, TheKeyRepeatsTheOrderOfWindowsOfAnotherSize) {
  const Played small = play(6, 1, 12), large = play(6, 8, 12);
  EXPECT_EQ(small.positions, large.positions);
}

TEST(Match, WhoIsShotBetweenRoundsIsMissedAndTheOthersGoOn) {
  const Problem problem = hostile_problem(Mode::honest);
  SpyDevice device;
  const JudgeOptions options = options_with(7, 4);
  Match match(problem, device, options);
  ASSERT_TRUE(match.start(kThree).ok());
  ASSERT_TRUE(match.pilot().ok());
  for (int i = 0; i < 6; ++i) match.round();
  ASSERT_EQ(kill(match.sides()[1].worker->pid(), SIGKILL), 0);
  for (int i = 0; i < 6; ++i) match.round();
  const Observation& shot = match.sides()[1].observation;
  EXPECT_EQ(shot.end, WorkerEnd::killed);
  EXPECT_THAT(shot.end_detail, HasSubstr("killed by signal 9 (SIGKILL)"));
  for (const std::size_t other : {0u, 2u, 3u}) {
    EXPECT_TRUE(match.sides()[other].alive());
    int timed = 0;
    for (const Window& w : match.sides()[other].observation.windows) {
      timed += w.kind == WindowKind::timed;
      EXPECT_TRUE(other == 3 || w.calls_wrong == 0);
    }
    EXPECT_EQ(timed, 12);
  }
}

TEST(Match, WhoHasHadItsTimeIsLetGoAndTheBaselineIsNot) {
  const Problem problem = hostile_problem(Mode::honest);
  SpyDevice device;
  JudgeOptions options = options_with(9, 4);
  options.side_budget_s = 1e-9;
  Match match(problem, device, options);
  ASSERT_TRUE(match.start(kThree).ok());
  ASSERT_TRUE(match.pilot().ok());
  for (int i = 0; i < 3; ++i) match.round();
  EXPECT_TRUE(match.sides()[0].alive());
  EXPECT_TRUE(match.null().alive());
  for (const std::size_t slow : {1u, 2u}) {
    const Observation& o = match.sides()[slow].observation;
    EXPECT_EQ(o.end, WorkerEnd::over_budget);
    EXPECT_EQ(o.windows.size(), 1u);
    EXPECT_THAT(o.end_detail, HasSubstr("its 1 call took"));
  }
}

// What is asked when the rounds are over is no more for nothing than what was asked in them.
TEST(Match, WhoHasHadItsTimeWhenTheRoundsAreOverIsLetGo) {
  const Problem problem = hostile_problem(Mode::honest);
  const std::pair<const char*, std::function<void(Match&)>> asked[] = {
      {"replay", [](Match& match) { match.replay(1); }},
      {"replay in pairs", [](Match& match) { match.replay_in_pairs(1); }},
      {"jitter", [](Match& match) { match.jitter(1); }},
      {"alone", [](Match& match) { match.complete_alone(); }},
  };
  for (const auto& [name, ask] : asked) {
    SpyDevice device;
    JudgeOptions options = options_with(9, 16);
    Match match(problem, device, options);
    ASSERT_TRUE(match.start(kThree).ok());
    ASSERT_TRUE(match.pilot().ok());
    EXPECT_TRUE(match.sides()[1].alive());
    options.side_budget_s = 1e-9;
    ask(match);
    EXPECT_TRUE(match.sides()[0].alive()) << name;
    for (const std::size_t slow : {1u, 2u})
      EXPECT_EQ(match.sides()[slow].observation.end, WorkerEnd::over_budget) << name;
  }
}

// How a process lies in memory is in all of its times: there have to be several.
TEST(Match, EverySideIsStartedAnewAfterAFewRounds) {
  const Problem problem = hostile_problem(Mode::honest);
  SpyDevice device;
  const JudgeOptions options = several_processes(15);
  Match match(problem, device, options);
  ASSERT_TRUE(match.start(kThree).ok());
  ASSERT_TRUE(match.pilot().ok());
  std::vector<std::set<int>> pids(4);
  EXPECT_TRUE(match.wants_processes());
  int rounds = 0;
  for (; match.wants_processes() && rounds < 100'000; ++rounds) {
    match.round();
    for (std::size_t side = 0; side < 4; ++side)
      pids[side].insert(match.sides()[side].worker->pid());
  }
  match.replay(1);
  EXPECT_EQ(pids[3].size(), 1u);  // the null implementation
  for (std::size_t side = 0; side < 3; ++side) {
    EXPECT_EQ(pids[side].size(), 11u) << "side " << side;
    int last = 0;
    std::map<int, int> timed;
    for (const Window& w : match.sides()[side].observation.windows) {
      EXPECT_GE(w.process, last);
      EXPECT_LE(w.process, last + 1);
      last = w.process;
      timed[w.process] += w.kind == WindowKind::timed;
    }
    EXPECT_EQ(last, 10);
    for (const auto& [process, windows] : timed) EXPECT_GE(windows, 1) << process;
  }
  for (const Side& side : match.sides()) {
    EXPECT_TRUE(side.alive()) << side.observation.end_detail;
    for (const Window& w : side.observation.windows) {
      if (side.is_null || w.kind != WindowKind::timed) continue;
      EXPECT_EQ(w.calls_verified, w.calls);
      EXPECT_LT(w.cpu_outside_ns, 1'000'000) << "process " << w.process;
    }
  }
}

// By the clock a process that naps grows old without having been timed.
TEST(Match, TheLastProcessHasToBeTimedAsWellAsOld) {
  const Problem problem = hostile_problem(Mode::honest);
  SpyDevice device;
  const JudgeOptions options = several_processes(21);
  Match match(problem, device, options);
  ASSERT_TRUE(match.start(kThree).ok());
  ASSERT_TRUE(match.pilot().ok());
  while (match.wants_processes()) match.round();
  match.endure();
  std::this_thread::sleep_for(std::chrono::seconds(2));
  EXPECT_FALSE(match.counts_enough());
  EXPECT_FALSE(match.has_lived_long());
  const int others = match.timed_rounds();  // the last process has had one or none of them
  while (!match.counts_enough()) match.round();
  EXPECT_GE(match.timed_rounds(), 1.4 * others);
  EXPECT_TRUE(match.has_lived_long());
}

// Half of the time at the most goes into starting.
TEST(Match, WhoseStartIsDearIsStartedOnce) {
  const Problem problem = hostile_problem(Mode::honest);
  SpyDevice device;
  JudgeOptions options = options_with(16, 8);
  options.one_process = false;
  options.time_limit_s = 0.001;
  Match match(problem, device, options);
  ASSERT_TRUE(match.start(kThree).ok());
  ASSERT_TRUE(match.pilot().ok());
  for (int i = 0; i < 8; ++i) match.round();
  EXPECT_FALSE(match.wants_processes());
  for (const Window& w : match.sides()[1].observation.windows) EXPECT_EQ(w.process, 0);
}

// Processes start at moments of the clock, and a key has to repeat the rounds all the same.
TEST(Match, StartsDoNotChangeWhatRoundsDraw) {
  const Problem problem = hostile_problem(Mode::honest);
  constexpr std::uint64_t kFirstOfStarts = 1ull << 27;
  std::vector<std::uint64_t> drawn[2];
  int starts = 0, rounds = 0;
  for (const bool one : {false, true}) {
    SpyDevice device;
    JudgeOptions options = options_with(18, 8);
    options.one_process = one;
    options.time_limit_s = 60;
    Match match(problem, device, options);
    ASSERT_TRUE(match.start(kThree).ok());
    ASSERT_TRUE(match.pilot().ok());
    const auto started = [&] {
      return std::any_of(device.seen.begin(), device.seen.end(),
                         [](const Poisoning& p) { return p.draw >= kFirstOfStarts; });
    };
    // When it starts again depends on how long starting takes.
    while (one ? match.timed_rounds() < rounds
               : match.timed_rounds() < 40 || (!started() && match.timed_rounds() < 4000))
      match.round();
    rounds = match.timed_rounds();
    for (const Poisoning& p : device.seen)
      if (p.draw < kFirstOfStarts)
        drawn[one ? 0 : 1].push_back(p.draw);
      else
        ++starts;
  }
  EXPECT_GT(starts, 0);
  EXPECT_EQ(drawn[0], drawn[1]);
}

// It is the machine, and no fault of any implementation.
TEST(Match, WhoCannotBeStartedAgainIsNotProven) {
  const Problem problem = hostile_problem(Mode::honest);
  SpyDevice device;
  JudgeOptions options = several_processes(19);
  options.agent =
      std::filesystem::path(::testing::TempDir()) / ("agent-" + std::to_string(getpid()) + ".copy");
  std::filesystem::copy_file(AISP_AGENT, options.agent);
  Match match(problem, device, options);
  ASSERT_TRUE(match.start(kThree).ok());
  ASSERT_TRUE(match.pilot().ok());
  std::filesystem::remove(options.agent);
  for (int i = 0; i < 1000 && match.sides()[0].alive(); ++i) match.round();
  for (std::size_t side = 0; side < 3; ++side) {
    const Observation& o = match.sides()[side].observation;
    EXPECT_EQ(o.end, WorkerEnd::not_started) << o.end_detail;
    EXPECT_EQ(guard::worker(o).status, FindingStatus::not_run);
  }
}

TEST(Match, NobodyIsStartedAgainOnceItIsInterrupted) {
  const Problem problem = hostile_problem(Mode::honest);
  SpyDevice device;
  std::atomic<bool> interrupted = false;
  JudgeOptions options = several_processes(20);
  options.interrupted = &interrupted;
  Match match(problem, device, options);
  ASSERT_TRUE(match.start(kThree).ok());
  ASSERT_TRUE(match.pilot().ok());
  interrupted = true;
  for (int i = 0; i < 100; ++i) match.round();
  for (std::size_t side = 0; side < 3; ++side) {
    const Observation& o = match.sides()[side].observation;
    EXPECT_EQ(o.end, WorkerEnd::alive) << o.end_detail;
    for (const Window& w : o.windows) EXPECT_EQ(w.process, 0);
  }
}

// A CPU whose peaks were measured while somebody else had it.
class BusyWhenMeasured final : public SpyDevice {
 public:
  explicit BusyWhenMeasured(double again) : again_(again) {}
  Peaks peaks_again() const override {
    ++asked;
    return {again_, again_, "measured again"};
  }
  mutable int asked = 0;

 private:
  double again_;
};

TEST(Judge, WhoIsFasterThanThePeaksHasThemMeasuredAgain) {
  const Problem problem = hostile_problem(Mode::honest);
  const LoadedProblem loaded(problem);
  for (const double again : {1e15, 1e3}) {
    BusyWhenMeasured device(again);
    JudgeOptions options = options_with(17, 16);
    options.max_rounds = 6;
    options.peaks = {1e3, 1e3, "far too low"};
    const TargetResult result = judge_target(loaded, kThree, device, options, nullptr);
    ASSERT_EQ(result.error, "");
    EXPECT_GE(device.asked, 1);
    for (const ImplementationResult& r : result.implementations)
      for (const Finding& f : r.findings)
        if (f.guard == "physics") {
          EXPECT_EQ(f.status == FindingStatus::pass, again > 1e6) << f.message;
        }
  }
}

// The judge's children, oldest first.
std::vector<pid_t> children() {
  std::ifstream list("/proc/thread-self/children");
  std::vector<pid_t> pids;
  for (pid_t pid = 0; list >> pid;) pids.push_back(pid);
  return pids;
}

// Judges, and shoots the `victim`-th worker once rounds are going on.
TargetResult judge_and_shoot(std::size_t victim, bool& shot) {
  const Problem problem = hostile_problem(Mode::honest);
  const LoadedProblem loaded(problem);
  const auto device = make_cpu_device();
  const auto on_progress = [&](const Progress& now) {
    if (shot || now.phase != "rounds" || now.rounds < 5) return;
    const auto pids = children();
    shot = pids.size() > victim && kill(pids[victim], SIGKILL) == 0;
  };
  JudgeOptions options = options_with(8, 64);
  options.min_rounds = 2000;  // nobody may be done before somebody was shot
  return judge_target(loaded, kThree, *device, options, on_progress);
}

const Finding* find(const ImplementationResult& row, const std::string& guard) {
  for (const Finding& f : row.findings)
    if (f.guard == guard) return &f;
  return nullptr;
}

TEST(Judge, WhoTakesTooLongIsNotProvenAndNotAccused) {
  const Problem problem = hostile_problem(Mode::honest);
  JudgeOptions options = options_with(10, 4);
  options.side_budget_s = 1e-9;
  options.min_rounds = 5;
  const TargetResult result =
      judge_target(LoadedProblem(problem), kThree, *make_cpu_device(), options, {});
  ASSERT_EQ(result.error, "");
  EXPECT_EQ(result.stop_reason, "no implementation is left");
  for (const std::size_t slow : {1u, 2u}) {
    const ImplementationResult& r = result.implementations[slow];
    EXPECT_EQ(r.correct, std::nullopt);
    EXPECT_NE(r.honest, std::optional<bool>(false));
    EXPECT_NE(r.comparison, std::optional<stats::Comparison>(stats::Comparison::faster));
    EXPECT_THAT(r.sentence, HasSubstr("is not proven: its 1 call took"));
    EXPECT_THAT(r.sentence, HasSubstr("raise --time-limit"));
  }
}

TEST(Judge, AnInterruptedRunSaysAfterHowManyRounds) {
  const Problem problem = hostile_problem(Mode::honest);
  std::atomic<bool> interrupted{false};
  JudgeOptions options = options_with(11, 4);
  options.interrupted = &interrupted;
  options.time_limit_s = 60;
  const auto on_progress = [&](const Progress& now) { interrupted = now.phase == "rounds"; };
  const TargetResult result =
      judge_target(LoadedProblem(problem), kThree, *make_cpu_device(), options, on_progress);
  EXPECT_EQ(result.stop_reason, "interrupted");
  for (const ImplementationResult& r : result.implementations)
    EXPECT_THAT(r.sentence, HasSubstr(" is not proven: the run was interrupted after " +
                                      std::to_string(r.rounds) + " round"));
}

TEST(Judge, AnOptimizedThatIsShotIsAFindingOfItsOwn) {
  bool shot = false;
  const TargetResult result = judge_and_shoot(1, shot);
  ASSERT_TRUE(shot);
  ASSERT_EQ(result.error, "");
  ASSERT_EQ(result.implementations.size(), 3u);
  const Finding* worker = find(result.implementations[1], "worker");
  ASSERT_NE(worker, nullptr);
  EXPECT_EQ(worker->status, FindingStatus::fail);
  EXPECT_THAT(worker->message, HasSubstr("SIGKILL"));
  EXPECT_NE(result.implementations[1].correct, std::optional<bool>(true));
  EXPECT_EQ(result.implementations[0].correct, std::optional<bool>(true))
      << result.implementations[0].sentence;
  EXPECT_EQ(result.implementations[2].correct, std::optional<bool>(true))
      << result.implementations[2].sentence;
  EXPECT_FALSE(result.implementations[1].observation.windows.empty()) << "its samples are kept";
}

TEST(Judge, ABaselineThatIsShotIsNobodyElsesFault) {
  bool shot = false;
  const TargetResult result = judge_and_shoot(0, shot);
  ASSERT_TRUE(shot);
  ASSERT_EQ(result.implementations.size(), 3u);
  EXPECT_EQ(result.stop_reason, "the baseline ended");
  EXPECT_EQ(result.implementations[0].correct, std::optional<bool>(false));
  for (const std::size_t other : {1u, 2u}) {
    const ImplementationResult& row = result.implementations[other];
    EXPECT_NE(row.correct, std::optional<bool>(false)) << row.sentence;
    EXPECT_FALSE(row.observation.windows.empty());
  }
}

TEST(Judge, WithoutCalibrationNothingIsProven) {
  bool shot = false;
  const TargetResult result = judge_and_shoot(3, shot);
  ASSERT_TRUE(shot);
  EXPECT_EQ(result.stop_reason, "the null implementation ended");
  ASSERT_EQ(result.implementations.size(), 3u);
  for (const ImplementationResult& row : result.implementations) {
    const Finding* calibration = find(row, "calibration");
    ASSERT_NE(calibration, nullptr);
    EXPECT_EQ(calibration->status, FindingStatus::not_run);
    EXPECT_THAT(calibration->message, HasSubstr("SIGKILL"));
    EXPECT_NE(row.honest, std::optional<bool>(true));
    EXPECT_NE(row.comparison, std::optional<stats::Comparison>(stats::Comparison::faster));
    EXPECT_FALSE(row.observation.windows.empty());
  }
}

// A device whose free memory shrinks by `step` with every question.
struct Shrinking {
  std::uint64_t free = 1000ull << 20;
  std::uint64_t step = 0;
  Device::Memory operator()() {
    free -= step;
    return {free, 1000ull << 20};
  }
};

TEST(Match, WhatAWorkerTakesOfTheDevicesMemoryIsItsOwn) {
  const Problem problem = hostile_problem(Mode::honest);
  SpyDevice device;
  device.tell_memory = Shrinking{.step = 1 << 20};
  const JudgeOptions options = options_with(1, 1);
  Match match(problem, device, options);
  ASSERT_TRUE(match.start(kThree).ok());
  match.round();
  match.round();
  for (const Side& side : match.sides()) {
    const auto& windows = side.observation.windows;
    ASSERT_EQ(windows.size(), 2u);
    // One MiB between the questions before and after its setup, and one for each of its windows.
    EXPECT_EQ(windows[0].device_bytes, 2u << 20);
    EXPECT_EQ(windows[1].device_bytes, 3u << 20);
    EXPECT_EQ(side.observation.device_memory_peak_bytes, 3u << 20);
  }
}

TEST(Match, WhoLeavesTheJudgeNoDeviceMemoryIsLetGo) {
  const Problem problem = hostile_problem(Mode::honest);
  SpyDevice device;
  Shrinking memory;
  device.tell_memory = [&memory] { return memory(); };
  const JudgeOptions options = options_with(1, 1);
  Match match(problem, device, options);
  ASSERT_TRUE(match.start(kThree).ok());
  match.round();
  // Two sides later somebody takes nearly everything, once.
  int questions = 0;
  device.tell_memory = [&]() -> Device::Memory {
    return {++questions == 4 ? 10ull << 20 : 1000ull << 20, 1000ull << 20};
  };
  match.round();
  int gone = 0;
  for (const Side& side : match.sides()) {
    if (side.alive()) continue;
    ++gone;
    EXPECT_EQ(side.observation.end, WorkerEnd::killed);
    EXPECT_THAT(side.observation.end_detail, HasSubstr("it left 10 MiB of the device's 1000 MiB"));
    EXPECT_EQ(side.observation.windows.size(), 1u);
  }
  EXPECT_EQ(gone, 1);
  match.round();  // the others go on
}

}  // namespace
}  // namespace aisp
