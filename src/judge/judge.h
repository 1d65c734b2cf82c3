// Runs one target: workers, rounds, clocks, verification, stopping, verdict. DESIGN.md: "The round".
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "base/chacha.h"
#include "device/device.h"
#include "guard/observation.h"
#include "judge/result.h"
#include "problem/loader.h"
#include "verify/golden.h"

namespace aisp {

// One implementation that takes part.
struct Contestant {
  std::string name;  // "baseline", "optimized", "candidate:my.cpp"
  Part part = Part::optimized;
  std::filesystem::path file;  // shared object
};

struct JudgeOptions {
  Key key{};               // secret while the run lasts
  double interval = 0.01;  // stop when the speedup is known to ±1 %
  double margin = 0.01;    // differences below this are "same"
  double confidence = 0.95;
  int min_rounds = 30;
  int max_rounds = 100'000;
  double time_limit_s = 10;    // per target, rounds only
  double call_timeout_s = 20;  // a window that takes longer is a hang
  double side_budget_s = 0;    // one implementation's windows; 0 = 6 x time_limit_s, at least 60
  double window_ns = 2e6;      // calls are put into one window until it takes about this long
  int max_calls_per_window = 16384;
  std::uint64_t buffer_budget_bytes = 512ull << 20;
  std::uint64_t worker_memory_bytes = 4ull << 30;
  bool cold = true;             // flush caches before each window
  bool one_process = false;     // of each implementation for all rounds: no restarts. For tests
  bool replay_graph = false;    // calls are replays of CUDA graphs; on a GPU only
  bool verify_only = false;     // `bench verify`: few rounds, all guards, no comparison
  bool in_process = false;      // for debuggers; results are no verdicts
  bool strict = false;          // refuse partial isolation
  std::filesystem::path agent;  // aisp-agent
  std::filesystem::path null_implementation;
  MachinePeaks peaks;
  GoldenStore* golden = nullptr;  // reference outputs of this key that were kept, and will be
  std::string config_hash;        // at the start of the run
  std::function<std::string()> config_hash_again;  // computed anew at the end
  const std::atomic<bool>* interrupted = nullptr;  // Ctrl-C: stop after this round
};

struct Progress {
  std::string target;
  std::string phase;  // "starting workers", "warm-up", "rounds", "asking the same again", "ending"
  int rounds = 0;
  double elapsed_s = 0;
  double time_limit_s = 0;
  double half_width = -1;  // widest interval so far as ± fraction; < 0 = not known yet
};
using ProgressSink = std::function<void(const Progress&)>;

// Never throws for anything that an implementation does; `error` is set when the target could not
// be run (the baseline fails, isolation refused, out of memory for buffers).
TargetResult judge_target(const LoadedProblem& problem, const std::vector<Contestant>& contestants,
                          Device& device, const JudgeOptions& options,
                          const ProgressSink& progress);

}  // namespace aisp
