// Judges the corpus through the production path: sandboxed workers under judge_target(), as `bench
// run` does, an attack beside the target's baseline, its honest twin and a control.
#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "device/device.h"
#include "judge/judge.h"
#include "redteam/corpus.h"
#include "redteam/row.h"

namespace aisp::redteam {

struct Settings {
  std::filesystem::path agent;
  std::filesystem::path null_implementation;
  MachinePeaks peaks;
  double time_limit_s = 1;  // of the rounds of a match; each further try gets twice as much
  int tries = 3;  // where something is not proven: a neighbour on this machine can do that
  const std::atomic<bool>* interrupted = nullptr;
  ProgressSink progress;
};

// The attack, its twin, and a row for each bystander that was accused. An accusation and a miss are
// not tried again. `isolation` is set to what the judge said of it.
std::vector<Row> run_attack(const Corpus& corpus, const Entry& entry, const Settings& settings,
                            Device& device, std::string& isolation);

// Entries of the honest set of one target, judged together.
std::vector<Row> run_honest(const Corpus& corpus, std::span<const Entry> entries,
                            const Settings& settings, Device& device, std::string& isolation);

// The rows of an entry where nothing can be judged, for example because there is no GPU: `why`.
std::vector<Row> rows_not_run(const Entry& entry, const std::string& why);

// Entries of the honest set in groups for run_honest(), by target.
std::vector<std::vector<Entry>> honest_groups(const std::vector<Entry>& entries);

// Attacks beside which the control looks far faster than beside the others of that target: whoever
// slows the baseline down raises everybody's speedup, also its own. Indices into `rows`.
std::vector<std::size_t> slowed_baselines(const std::vector<Row>& rows);

}  // namespace aisp::redteam
