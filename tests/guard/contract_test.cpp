// Guards of the contract that look at one or two recorded facts: invariants, coverage, inputs, bounds,
// aliasing, poison, worker, isolation, config.
#include <functional>

#include "recording.h"

namespace aisp::guard {
namespace {

using namespace testing;

struct Case {
  const char* what;
  Finding (*guard)(const Observation&);
  std::function<void(Observation&)> bend;
  FindingStatus status;
  const char* said;
};

constexpr auto kPass = FindingStatus::pass;
constexpr auto kFail = FindingStatus::fail;
constexpr auto kNotRun = FindingStatus::not_run;

void PrintTo(const Case& c, std::ostream* out) { *out << c.what; }

class Contract : public ::testing::TestWithParam<Case> {};

TEST_P(Contract, Holds) {
  Observation o = honest_recording();
  GetParam().bend(o);
  const Finding f = GetParam().guard(o);
  expect(GetParam().status, f);
  expect_says(f, GetParam().said);
}

void no_windows(Observation& o) { o.windows.clear(); }

INSTANTIATE_TEST_SUITE_P(
    Guards, Contract,
    ::testing::Values(
        Case{"violated", invariants,
             [](Observation& o) {
               o.invariant_violations = {"row 3 sums to 0.9", "row 4"};
             },
             kFail, "violated: row 3 sums to 0.9 (and 1 more"},
        Case{"violated without windows", invariants,
             [](Observation& o) { o.windows.clear(), o.invariant_violations = {"x"}; }, kFail, "x"},
        Case{"nothing validated", invariants, no_windows, kNotRun, "no call"},

        Case{"one call not verified", coverage,
             [](Observation& o) { o.windows[0].calls_verified = 19; }, kFail,
             "365 of 366 timed calls were verified; 1 window had"},
        Case{"more verified elsewhere does not help", coverage,
             [](Observation& o) {
               o.windows[0].calls_verified = 19;
               o.windows[1].calls_verified = 21;
             },
             kFail, "365 of 366"},
        Case{"five by the reference", coverage,
             [](Observation& o) {
               for (Window& w : o.windows) w.calls_by_reference = w.round < 5;
             },
             kPass, "the reference judged 5 windows"},
        Case{"four by the reference", coverage,
             [](Observation& o) {
               for (Window& w : o.windows) w.calls_by_reference = w.round < 4;
             },
             kNotRun, "4 windows, which is fewer than 5"},
        Case{"three timed windows, all by the reference", coverage,
             [](Observation& o) {
               o.windows.resize(3);
               for (Window& w : o.windows) w.calls_by_reference = w.calls;
             },
             kPass, "3 windows"},
        Case{"three timed windows, two by the reference", coverage,
             [](Observation& o) {
               o.windows.resize(3);
               for (Window& w : o.windows) w.calls_by_reference = w.round < 2;
             },
             kNotRun, "fewer than 3"},
        Case{"only pilots", coverage,
             [](Observation& o) {
               for (Window& w : o.windows) w.kind = WindowKind::pilot;
             },
             kNotRun, "nothing was timed"},

        Case{"one byte", inputs, [](Observation& o) { o.inputs_changed = 1; }, kFail,
             "1 of 1,000,000 input bytes"},
        Case{"a change counts without a seal", inputs,
             [](Observation& o) { o.inputs_sealed = false, o.inputs_changed = 1; }, kFail, "1 of"},
        Case{"not sealed", inputs, [](Observation& o) { o.inputs_sealed = false; }, kNotRun,
             "not sealed"},
        Case{"nothing drawn again", inputs, [](Observation& o) { o.inputs_checked = 0; }, kNotRun,
             "no input"},

        Case{"before", bounds,
             [](Observation& o) {
               o.band_damage = {{"c", -4, 2}};
             },
             kFail, "4 bytes before output 'c' begins (set 2)"},
        Case{"behind", bounds,
             [](Observation& o) {
               o.band_damage = {{"c", 262'144, 0}, {"c", 262'145, 0}};
             },
             kFail, "262,144 bytes from its first (set 0); 2 places"},
        Case{"nothing verified", bounds, no_windows, kNotRun, "no call"},

        Case{"not sealed", aliasing, [](Observation& o) { o.inputs_sealed = false; }, kNotRun,
             "not sealed"},

        Case{"one window", poison, [](Observation& o) { o.windows[5].poison_intact = false; },
             kFail, "1 of 32 windows (first in round 5)"},
        Case{"a pilot counts", poison,
             [](Observation& o) {
               o.windows[5].kind = WindowKind::pilot;
               o.windows[5].poison_intact = false;
             },
             kFail, "round 5"},
        Case{"no windows", poison, no_windows, kNotRun, "no window"},

        Case{"killed", worker,
             [](Observation& o) {
               o.end = WorkerEnd::killed;
               o.end_detail = "it was killed by signal 11 (SIGSEGV)";
               o.last_output = "\n  free(): invalid pointer \nmore";
             },
             kFail,
             "died: it was killed by signal 11 (SIGSEGV); it printed \"free(): invalid "
             "pointer\""},
        Case{"threw", worker,
             [](Observation& o) {
               o.end = WorkerEnd::killed;
               o.last_output = "terminate called after throwing an instance of 'std::length_error'\n"
                               "  what():  no workspace left\n";
             },
             kFail, "'std::length_error' what():  no workspace left\""},
        Case{"failed in setup", worker,
             [](Observation& o) {
               o.end = WorkerEnd::failed_setup;
               o.end_detail = "setup returned 1";
             },
             kFail, "docs/candidate.md says what is allowed"},
        Case{"exited with success", worker, [](Observation& o) { o.end = WorkerEnd::exited; },
             kFail, "ended by itself"},
        Case{"hung", worker, [](Observation& o) { o.end = WorkerEnd::hung; }, kFail, "hung"},
        Case{"let go", worker,
             [](Observation& o) {
               o.end = WorkerEnd::over_budget;
               o.end_detail = "its 5 calls took 95 s";
             },
             kNotRun, "its 5 calls took 95 s"},
        Case{"nothing to replay", worker,
             [](Observation& o) {
               o.end = WorkerEnd::not_capturable;
               o.end_detail = "cannot capture run: it waits";
             },
             kNotRun, "cannot be captured into a CUDA graph, so there is nothing to replay"},
        Case{"not started", worker,
             [](Observation& o) {
               o.end = WorkerEnd::not_started;
               o.end_detail = "start a sandbox: Cannot allocate memory";
             },
             kNotRun, "could not start a process for it: start a sandbox: Cannot allocate memory"},
        Case{"failed before any window", worker,
             [](Observation& o) { o.windows.clear(), o.end = WorkerEnd::failed_load; }, kFail,
             "could not be loaded"},
        Case{"never asked", worker, no_windows, kNotRun, "never asked"},

        Case{"missing", isolation,
             [](Observation& o) { o.isolation_missing = {"landlock", "network namespace"}; }, kFail,
             "missing landlock, network namespace"},

        Case{"changed", config, [](Observation& o) { o.config_hash_after = "f"; }, kFail,
             "0123456789ab before, f after"},
        Case{"changed late in the hash", config,
             [](Observation& o) { o.config_hash_after.back() = '0'; }, kFail, "changed"},
        Case{"no hash", config,
             [](Observation& o) { o.config_hash_before.clear(), o.config_hash_after.clear(); },
             kNotRun, "not hashed"},
        Case{"no second hash", config, [](Observation& o) { o.config_hash_after.clear(); }, kNotRun,
             "not hashed"}));

}  // namespace
}  // namespace aisp::guard
