// Runs testbed targets through the production judge, for the programs in this folder.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "base/freed_memory.h"
#include "judge/judge.h"

namespace bench {

// As `aisp` does it: these programs measure the production path.
inline const bool kKeepsFreedMemory = (aisp::keep_freed_memory(), true);

inline std::filesystem::path binary_dir() {
  return std::filesystem::read_symlink("/proc/self/exe").parent_path();
}

inline std::filesystem::path target_dir(const std::string& name) {
  return binary_dir().parent_path() / "targets" / "testbed" / name;
}

inline aisp::JudgeOptions default_options() {
  aisp::JudgeOptions options;
  auto key = aisp::random_key();
  if (!key) {
    std::fprintf(stderr, "%s\n", key.error().message().c_str());
    std::exit(2);
  }
  options.key = *key;
  options.agent = binary_dir() / "aisp-agent";
  options.null_implementation = binary_dir() / "aisp-null.so";
  options.config_hash = "bench";
  options.config_hash_again = [] { return std::string("bench"); };
  return options;
}

// Judges `contestants`, the baseline first, on a testbed target.
inline aisp::TargetResult judge_contestants(const std::string& target,
                                            const std::vector<aisp::Contestant>& contestants,
                                            const aisp::JudgeOptions& options) {
  auto problem = aisp::LoadedProblem::load(target_dir(target) / "problem.so");
  if (!problem) {
    std::fprintf(stderr, "%s\n", problem.error().message().c_str());
    std::exit(2);
  }
  const auto device = aisp::make_cpu_device();
  aisp::TargetResult result = aisp::judge_target(**problem, contestants, *device, options, {});
  if (!result.error.empty()) {
    std::fprintf(stderr, "%s: %s\n", target.c_str(), result.error.c_str());
    std::exit(2);
  }
  return result;
}

// Judges the implementations `names` (file stems; the first one is the baseline).
inline aisp::TargetResult judge(const std::string& target, const std::vector<std::string>& names,
                                const aisp::JudgeOptions& options) {
  std::vector<aisp::Contestant> contestants;
  for (const std::string& name : names)
    contestants.push_back({contestants.empty() ? "baseline" : name,
                           contestants.empty() ? aisp::Part::baseline : aisp::Part::optimized,
                           target_dir(target) / (name + ".so")});
  return judge_contestants(target, contestants, options);
}

}  // namespace bench
