// What it costs to record one target of two implementations with 1000 windows each:
//   ledger_cost [FOLDER] [REPEATS]
// and what reading costs once there are RUNS runs of one target with 100 windows each (10000: a million
// windows), one in ten of another target:
//   ledger_cost FOLDER 0 RUNS
// FOLDER should be on the disk where ledgers will be; /tmp may be memory. Building the large one takes
// three fsyncs a run: build it in memory (/dev/shm) where that is too slow.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "ledger/ledger.h"

namespace {

constexpr int kWindows = 1000;

double milliseconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start)
      .count();
}

aisp::TargetResult make_target(const std::string& name, int windows = kWindows) {
  aisp::TargetResult target;
  target.target = name;
  for (const char* implementation : {"baseline", "optimized"}) {
    aisp::ImplementationResult r;
    r.implementation = implementation;
    r.findings.resize(12, {"guard", aisp::FindingStatus::pass, aisp::FindingKind::honesty,
                           "a sentence with the numbers that decided", true});
    r.observation.windows.resize(static_cast<std::size_t>(windows));
    for (int i = 0; i < windows; ++i) {
      aisp::Window& w = r.observation.windows[static_cast<std::size_t>(i)];
      w.round = i;
      w.started_ns = 1'000'000'000'000 + i * 100'000;
      w.sealed_ns = 40'000 + i * 37 % 1000;
      w.claim_ns = 30'000 + i * 41 % 1000;
    }
    target.implementations.push_back(std::move(r));
  }
  return target;
}

int fail(const aisp::Error& error) {
  fmt::print(stderr, "{}\n", error.message());
  return 1;
}

// Median of five, with the first one, which finds nothing in SQLite's own cache, shown apart.
template <class Body>
void measure(const char* what, double limit_ms, const Body& body) {
  std::vector<double> all;
  for (int i = 0; i < 5; ++i) {
    const auto start = std::chrono::steady_clock::now();
    if (!body()) return;
    all.push_back(milliseconds_since(start));
  }
  const double first = all.front();
  std::sort(all.begin(), all.end());
  fmt::print("{:<44} {:9.2f} ms first, {:9.2f} ms median, {:9.2f} ms worst; limit {:.0f} ms: {}\n",
             what, first, all[2], all.back(), limit_ms, all.back() < limit_ms ? "met" : "NOT MET");
}

int large(const std::string& path, int runs) {
  {
    auto ledger = aisp::Ledger::open(path);
    if (!ledger.ok()) return fail(ledger.error());
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < runs; ++i) {
      aisp::RunInfo run;
      run.id = fmt::format("20260101T{:06d}Z__bench__minimal__ch01-gemm", i);
      run.started_at = fmt::format("2026-01-01T00:00:{:02d}Z", i % 60);
      run.machine["cpu model"] = "a processor";
      run.software["git commit"] = "0123456789abcdef";
      for (int k = 0; k < 20; ++k) run.config["option " + std::to_string(k)] = "its value";
      run.environment.resize(
          11, {"governor", aisp::FindingStatus::not_run, aisp::FindingKind::environment,
               "a sentence of some length", false});
      if (auto done = ledger->begin_run(run); !done.ok()) return fail(done.error());
      auto target = make_target(i % 10 == 0 ? "ch01:copy" : "ch01:gemm", 50);
      if (auto done = ledger->record_target(run.id, target); !done.ok()) return fail(done.error());
      run.finished_at = run.started_at;
      if (auto done = ledger->finish_run(run); !done.ok()) return fail(done.error());
    }
    fmt::print("build: {} runs, {} windows, {:.1f} s\n", runs, runs * 100,
               milliseconds_since(start) / 1000);
  }
  fmt::print("file: {:.1f} MiB\n",
             static_cast<double>(std::filesystem::file_size(path)) / (1 << 20));
  measure("open", 50, [&] { return aisp::Ledger::open(path).ok(); });
  auto ledger = aisp::Ledger::open(path);
  if (!ledger.ok()) return fail(ledger.error());
  int at = 0;
  measure("all that a report of one run reads, and windows", 1000, [&] {
    const auto id = ledger->find_run(fmt::format("latest~{}", runs / 7 * ++at));
    const auto info = id.ok() ? ledger->run_info(*id) : id.error();
    const auto results = id.ok() ? ledger->results(*id) : id.error();
    if (!info.ok() || !results.ok()) return false;
    for (const auto& target : *results)
      for (const auto& row : target.implementations)
        if (!ledger->windows(*id, target.target, row.implementation).ok()) return false;
    return true;
  });
  std::size_t entries = 0;
  measure("history of one target, newest 50 runs", 200, [&] {
    const auto history = ledger->history("ch01:gemm", "cpu", 50);
    return history.ok() && history->size() == 100;
  });
  measure("history of one target, all of its runs", 200, [&] {
    const auto history = ledger->history("ch01:gemm", "cpu", 1u << 30);
    entries = history.ok() ? history->size() : 0;
    return history.ok();
  });
  fmt::print("  that were {} verdicts\n", entries);
  const auto start = std::chrono::steady_clock::now();
  if (auto checked = ledger->check(); !checked.ok()) return fail(checked.error());
  fmt::print("check of everything: {:.1f} s\n", milliseconds_since(start) / 1000);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::filesystem::path folder = argc > 1 ? argv[1] : ".";
  const int repeats = std::max(1, argc > 2 ? std::atoi(argv[2]) : 50);
  const std::string path = (folder / "ledger_cost.db").string();
  if (std::filesystem::exists(path)) {
    fmt::print(stderr, "{} is there already; remove it\n", path);
    return 1;
  }
  if (argc > 3) {
    const int code = large(path, std::max(10, std::atoi(argv[3])));
    for (const char* suffix : {"", "-wal", "-shm"}) {
      std::error_code gone;
      std::filesystem::remove(path + suffix, gone);
    }
    return code;
  }
  auto start = std::chrono::steady_clock::now();
  auto ledger = aisp::Ledger::open(path);
  if (!ledger.ok()) return fail(ledger.error());
  const double create_ms = milliseconds_since(start);

  aisp::RunInfo run;
  run.id = "cost";
  if (auto done = ledger->begin_run(run); !done.ok()) return fail(done.error());
  std::vector<double> record_ms;
  for (int i = 0; i < repeats; ++i) {
    const aisp::TargetResult target = make_target("t" + std::to_string(i));
    start = std::chrono::steady_clock::now();
    if (auto done = ledger->record_target(run.id, target); !done.ok()) return fail(done.error());
    record_ms.push_back(milliseconds_since(start));
  }
  std::sort(record_ms.begin(), record_ms.end());
  if (auto done = ledger->finish_run(run); !done.ok()) return fail(done.error());
  {
    const aisp::Ledger closed = std::move(*ledger);  // folds the log into the file
  }
  const double mib = static_cast<double>(std::filesystem::file_size(path)) / (1 << 20);
  double open_ms = 0, check_ms = 0;
  {
    start = std::chrono::steady_clock::now();
    auto again = aisp::Ledger::open(path);
    if (!again.ok()) return fail(again.error());
    open_ms = milliseconds_since(start);
    start = std::chrono::steady_clock::now();
    if (auto checked = again->check(); !checked.ok()) return fail(checked.error());
    check_ms = milliseconds_since(start);
  }
  fmt::print("create                        {:8.2f} ms\n", create_ms);
  fmt::print("record a target, {} windows {:8.2f} ms median, {:.2f} ms worst of {}\n", 2 * kWindows,
             record_ms[record_ms.size() / 2], record_ms.back(), repeats);
  fmt::print("bytes per window              {:8.1f}\n", mib * (1 << 20) / repeats / (2 * kWindows));
  fmt::print("open a ledger of {:6.1f} MiB   {:8.2f} ms\n", mib, open_ms);
  fmt::print("check it                      {:8.2f} ms\n", check_ms);
  std::error_code failure;
  std::filesystem::remove(path, failure);
  if (failure) fmt::print(stderr, "{} was not removed: {}\n", path, failure.message());
  return 0;
}
