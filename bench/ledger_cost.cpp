// What it costs to record one target of two implementations with 1000 windows each:
//   ledger_cost [FOLDER] [REPEATS]
// FOLDER should be on the disk where ledgers will be; /tmp may be memory.
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

aisp::TargetResult make_target(const std::string& name) {
  aisp::TargetResult target;
  target.target = name;
  for (const char* implementation : {"baseline", "optimized"}) {
    aisp::ImplementationResult r;
    r.implementation = implementation;
    r.findings.resize(12, {"guard", aisp::FindingStatus::pass, aisp::FindingKind::honesty,
                           "a sentence with the numbers that decided", true});
    r.observation.windows.resize(kWindows);
    for (int i = 0; i < kWindows; ++i) {
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

}  // namespace

int main(int argc, char** argv) {
  const std::filesystem::path folder = argc > 1 ? argv[1] : ".";
  const int repeats = std::max(1, argc > 2 ? std::atoi(argv[2]) : 50);
  const std::string path = (folder / "ledger_cost.db").string();
  if (std::filesystem::exists(path)) {
    fmt::print(stderr, "{} is there already; remove it\n", path);
    return 1;
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
