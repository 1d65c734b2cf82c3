#include "recording.h"

namespace aisp::guard::testing {
namespace {

TEST(Progress, PassesOneCallAfterTheOther) { expect_pass(progress(honest_recording())); }

TEST(Progress, FindsWorkThatIsGatheredInTheLastCall) {
  Observation o = honest_recording();
  for (ProgressProbe& p : o.probes) p.touched = p.complete = 0;
  expect_fail(progress(o));
  expect_says(progress(o), "it had finished 0 of them");
}

TEST(Progress, FindsWorkThatIsDoneInTheFirstCall) {
  Observation o = honest_recording();
  for (ProgressProbe& p : o.probes) p.touched = p.complete = p.calls;
  expect_fail(progress(o));
}

TEST(Progress, OneOutputAheadOfItsTurnIsEnough) {
  Observation o = honest_recording();
  o.probes[2].ahead = 1;
  expect_fail(progress(o));
  expect_says(progress(o), "before it was asked");
}

TEST(Progress, OneOutputThatChangesLaterIsEnough) {
  Observation o = honest_recording();
  o.probes[4].reopened = 1;
  expect_fail(progress(o));
}

TEST(Progress, OneCallThatUsedReplacedInputsIsEnough) {
  Observation o = honest_recording();
  for (ProgressProbe& p : o.probes) p.swapped = 8;
  expect_pass(progress(o));
  expect_says(progress(o), "inputs of 40 calls replaced before their turn");
  o.probes[1].stale = 1;
  expect_fail(progress(o));
  expect_says(progress(o), "1 right for the inputs that were gone");
}

TEST(Progress, WrongForBothInputsCountsWhereNothingElseIsWrong) {  // stopped while it read them
  Observation o = honest_recording();
  o.probes[3].swapped = 8;
  o.probes[3].swapped_wrong = 2;
  expect_fail(progress(o));
  o.windows[5].calls_wrong = 1;  // that is for `values` to say
  expect_pass(progress(o));
}

// 1.62 ms for the first call of each window and 20 µs for every other one, as a workspace has it that is given back whenever
// nobody calls.
TEST(Progress, ADearFirstCallIsNoGatheringWhereACallAloneIsAsDear) {
  constexpr double kFirstNs = 1.62e6, kOtherNs = 20e3;
  Observation o = with_alone(12, kFirstNs);
  for (ProgressProbe& p : o.probes) {
    const double in = static_cast<double>(p.elapsed_ns) - 11e3;
    p.complete = in < kFirstNs ? 0 : 1 + static_cast<int>((in - kFirstNs) / kOtherNs);
    p.touched = p.complete + 1;
  }
  expect_pass(progress(o));
  // As who gathers calls has it: alone it takes one call, or as much as a third of a window.
  for (const double alone_ns : {2 * kCallNs, kManyCalls / 3 * kCallNs}) {
    o.windows = with_alone(12, alone_ns).windows;
    for (ProgressProbe& p : o.probes) p.touched = p.complete = 0;
    expect_fail(progress(o));
  }
}

// On a machine where a sleeping thread needs 400 µs to wake up: eight calls of 100 µs more, with several threads.
TEST(Progress, SlowWakesExcuseThreadsOnly) {
  Observation o = honest_recording();
  o.calibration.wake_ns = 400e3;
  for (ProgressProbe& p : o.probes) p.complete = std::max(0, p.complete - 8);
  expect_fail(progress(o));
  each_timed(o, [](Window& w) { w.threads = 2; });
  expect_pass(progress(o));
  o.calibration.wake_ns = 10e3;
  expect_fail(progress(o));
}

TEST(Progress, ForgivesAQuarterOfTheWindow) {
  for (const auto& [gathered, fine] : {std::pair{0, true}, {1, true}, {3, true}, {6, false}}) {
    Observation o = honest_recording();
    for (ProgressProbe& p : o.probes) p.complete = std::max(0, p.complete - gathered);
    fine ? expect_pass(progress(o)) : expect_fail(progress(o));
  }
}

TEST(Progress, MeasuresByTheWindowItselfNotByOthers) {  // a slow moment of the machine is no lie
  Observation o = honest_recording();
  for (ProgressProbe& p : o.probes) {
    p.elapsed_ns = 11'000 + 2 * (p.elapsed_ns - 11'000);
    p.active_ns = 17'950 + 2 * (p.active_ns - 17'950);
  }
  expect_pass(progress(o));
}

TEST(Progress, QueueingForProcessorsIsNoGathering) {  // the clock ran on, the CPU time did not
  Observation o = honest_recording();
  for (ProgressProbe& p : o.probes) {
    p.elapsed_ns += 20'000'000;
    p.active_ns += 20'000'000;
  }
  expect_pass(progress(o));
}

TEST(Progress, ShortCallsAreForgivenTheStartOfThreads) {
  Observation o = honest_recording();
  for (Window& w : o.windows)
    w.sealed_ns = static_cast<std::int64_t>(null_window_ns(w.calls) + w.calls * 10e3);
  for (ProgressProbe& p : o.probes) p.complete = std::max(0, p.complete - 5);
  expect_pass(progress(o));
}

// Who queues for processors is behind. That excuses being behind, and nothing else.
TEST(Progress, OthersOnTheMachineMakeBeingBehindNoProof) {
  Observation o = honest_recording();
  for (ProgressProbe& p : o.probes) p.touched = p.complete = 0;
  o.foreign_load = 0.5;
  expect_not_run(progress(o));
  EXPECT_TRUE(progress(o).required);
  o.probes[2].ahead = 1;
  expect_fail(progress(o));
}

TEST(Progress, IsNotProvenByTooFewLooks) {
  Observation o = honest_recording();
  o.probes.resize(2);
  EXPECT_EQ(progress(o).status, FindingStatus::not_run);
}

TEST(Progress, HasNothingToSayAboutSingleCalls) {
  Observation o = honest_recording();
  std::erase_if(o.windows, [](const Window& w) { return w.calls != 1; });
  o.probes.clear();
  expect_pass(progress(o));
}

}  // namespace
}  // namespace aisp::guard::testing
