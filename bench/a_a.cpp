// One implementation on both sides: how often is a difference found that is not there? And a known
// slowdown of 3 %: how often is it found?
//   a_a [runs] [seconds a run]      default 200 1
#include <cstdio>
#include <cstdlib>
#include <string>

#include "bench/testbed_match.h"

namespace {

struct Tally {
  int faster = 0, slower = 0, same = 0, unknown = 0, unproven = 0;
};

Tally run_many(const std::string& target, const std::string& candidate, int runs, double seconds) {
  Tally tally;
  for (int i = 0; i < runs; ++i) {
    aisp::JudgeOptions options = bench::default_options();
    options.time_limit_s = seconds;
    const aisp::TargetResult result = bench::judge(target, {"baseline", candidate}, options);
    const aisp::ImplementationResult& row = result.implementations.back();
    using aisp::stats::Comparison;
    if (row.correct != true || row.honest != true) {
      ++tally.unproven;
      std::printf("  run %d: %s\n", i, row.sentence.c_str());
    } else if (row.comparison == Comparison::faster) {
      ++tally.faster;
      std::printf("  run %d: %s\n", i, row.sentence.c_str());
    } else if (row.comparison == Comparison::slower) {
      ++tally.slower;
    } else if (row.comparison == Comparison::same) {
      ++tally.same;
    } else {
      ++tally.unknown;
    }
    std::fflush(stdout);
  }
  std::printf(
      "%s, baseline against %s, %d runs of %g s: faster %d, slower %d, same %d, not enough "
      "evidence %d, not proven %d\n",
      target.c_str(), candidate.c_str(), runs, seconds, tally.faster, tally.slower, tally.same,
      tally.unknown, tally.unproven);
  return tally;
}

}  // namespace

int main(int argc, char** argv) {
  const int runs = argc > 1 ? std::atoi(argv[1]) : 200;
  const double seconds = argc > 2 ? std::atof(argv[2]) : 1;
  bool met = true;
  for (const char* target : {"spin_100us", "rowsum"}) {
    const Tally t = run_many(target, "baseline", runs, seconds);
    const double wrong = 100.0 * (t.faster + t.slower) / runs;
    std::printf("A/A %s: %.1f %% end in faster or slower   [at most 2 %%] %s\n", target, wrong,
                wrong <= 2 ? "met" : "NOT MET");
    met = met && wrong <= 2;
  }
  const Tally t = run_many("spin_100us", "optimized_3pct_slower", runs, seconds);
  const double found = 100.0 * t.slower / runs;
  std::printf("3 %% slower: found in %.1f %%   [at least 95 %%] %s\n", found,
              found >= 95 ? "met" : "NOT MET");
  return met && found >= 95 ? 0 : 1;
}
