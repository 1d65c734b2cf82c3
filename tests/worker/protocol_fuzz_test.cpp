// Workers that write anything into the page that the judge reads. Each window ends as a record that can
// be, or as a finding; none of them holds or ends the judge.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cctype>
#include <cstdlib>
#include <iostream>
#include <limits>
#include <map>
#include <numeric>
#include <random>

#include "base/clock.h"
#include "worker/hostile_problem.h"
#include "worker/protocol.h"

namespace aisp {
namespace {

using testing::HostileBench;
using testing::Mode;

constexpr int kSets = 16;

bool is_printable(const std::string& text) {
  for (const char c : text)
    if (std::isprint(static_cast<unsigned char>(c)) == 0) return false;
  return true;
}

void expect_sane(const Window& w, int calls) {
  ASSERT_EQ(w.calls, calls);
  ASSERT_GE(w.done_ns, 0);
  ASSERT_GE(w.sealed_ns, w.done_ns);
  ASSERT_GE(w.claim_min_ns, 0);
  ASSERT_GE(w.claim_ns, w.claim_min_ns);
  ASSERT_LE(w.claim_ns, w.claim_span_ns);
  ASSERT_LE(w.claim_span_ns, w.done_ns);
  ASSERT_TRUE(w.claim_sane || w.claim_ns == 0);
}

void expect_finding(const OrderOutcome& outcome) {
  ASSERT_NE(outcome.end, WorkerEnd::alive);
  ASSERT_FALSE(outcome.detail.empty());
  ASSERT_TRUE(is_printable(outcome.detail)) << outcome.detail;
  ASSERT_LE(outcome.detail.size(), 600u);
}

// Runs `windows` windows with as many workers as that takes, and returns how they ended.
std::map<std::string, int> fuzz(Mode mode, int windows, double timeout_s) {
  HostileBench bench(mode, 0, kSets);
  std::mt19937_64 random(static_cast<unsigned>(windows));
  std::unique_ptr<Worker> worker;
  std::map<std::string, int> ends;
  std::vector<std::uint32_t> plan(kSets);
  for (int i = 0; i < windows; ++i) {
    if (!worker) {
      worker = bench.start();
      if (!worker || ends["workers"] > windows) return ends;
      const OrderOutcome ready = worker->setup(5);
      ++ends["workers"];
      if (!ready.ok) {  // the thread may have hit the answer of setup already
        expect_finding(ready);
        ++ends["ended in setup"];
        worker.reset();
        --i;  // no window yet
        continue;
      }
    }
    bench.buffers->draw_inputs(bench.key, static_cast<std::uint64_t>(i), kSets);
    const int calls = 1 + static_cast<int>(random() % kSets);
    std::iota(plan.begin(), plan.end(), 0u);
    Window window;
    const std::int64_t begin = monotonic_ns();
    const OrderOutcome outcome =
        worker->run(std::span(plan.data(), static_cast<std::size_t>(calls)), timeout_s, window);
    EXPECT_LT(monotonic_ns() - begin, static_cast<std::int64_t>(timeout_s * 1e9) + 3'000'000'000)
        << "window " << i << " held the judge";
    if (outcome.ok) {
      expect_sane(window, calls);
      ++ends[window.claim_sane ? "record" : "record, claims refused"];
    } else {
      expect_finding(outcome);
      ++ends[outcome.end == WorkerEnd::hung ? "hung" : "ended"];
      worker.reset();
    }
    if (::testing::Test::HasFatalFailure()) return ends;
  }
  return ends;
}

std::string text_of(const std::map<std::string, int>& ends) {
  std::string text;
  for (const auto& [end, count] : ends) text += end + ": " + std::to_string(count) + "; ";
  return text;
}

TEST(ProtocolFuzz, ScribblesInNineThousandWindows) {
  const auto ends = fuzz(Mode::scribbles, 9000, 1.0);
  std::cout << text_of(ends) << "\n";
  RecordProperty("ends", text_of(ends));
  EXPECT_GT(ends.count("record") ? ends.at("record") : 0, 100) << text_of(ends);
  EXPECT_GT(ends.count("record, claims refused") ? ends.at("record, claims refused") : 0, 100)
      << text_of(ends);
}

// The word that the judge waits for is overwritten too, so that DONE is forged, lost or both.
// Most windows are lost, and cost their timeout and a new worker. More with AISP_SCRIBBLED_WINDOWS=1000.
TEST(ProtocolFuzz, ScribblesWithoutPause) {
  const char* const windows = std::getenv("AISP_SCRIBBLED_WINDOWS");
  const auto ends =
      fuzz(Mode::scribbling_thread, windows != nullptr ? std::atoi(windows) : 200, 0.1);
  std::cout << text_of(ends) << "\n";
  RecordProperty("ends", text_of(ends));
  int records = 0, others = 0;
  for (const auto& [end, count] : ends) {
    if (end.rfind("record", 0) == 0) records += count;
    if (end == "hung" || end.rfind("ended", 0) == 0) others += count;
  }
  EXPECT_GT(records, 0) << text_of(ends);
  EXPECT_GT(others, 0) << text_of(ends);
}

TEST(ProtocolFuzz, EveryStatusWithDone) {
  using protocol::Status;
  const std::map<int, WorkerEnd> known = {
      {static_cast<int>(Status::lockdown_failed), WorkerEnd::failed_setup},
      {static_cast<int>(Status::load_failed), WorkerEnd::failed_load},
      {static_cast<int>(Status::setup_failed), WorkerEnd::failed_setup},
      {static_cast<int>(Status::call_failed), WorkerEnd::failed_call},
      {static_cast<int>(Status::device_failed), WorkerEnd::failed_setup}};
  for (const int status : {0, 1, 2, 3, 4, 5, 6, 7, -1, 1000, std::numeric_limits<int>::min(),
                           std::numeric_limits<int>::max()}) {
    const HostileBench bench(Mode::forges_status, status, kSets);
    const auto worker = bench.start();
    ASSERT_TRUE(worker);
    ASSERT_TRUE(worker->setup(5).ok);
    const std::vector<std::uint32_t> plan = {0, 1, 2, 3};
    Window window;
    const OrderOutcome outcome = worker->run(plan, 5, window);
    if (status == 0) {
      EXPECT_TRUE(outcome.ok) << outcome.detail;
      EXPECT_FALSE(window.claim_sane);
      expect_sane(window, 4);
      continue;
    }
    EXPECT_FALSE(outcome.ok) << status;
    expect_finding(outcome);
    const auto expected = known.find(status);
    EXPECT_EQ(outcome.end, expected == known.end() ? WorkerEnd::failed_call : expected->second)
        << status;
    EXPECT_EQ(worker->pid(), 0) << "a worker that said that it failed is of no more use";
  }
}

}  // namespace
}  // namespace aisp
