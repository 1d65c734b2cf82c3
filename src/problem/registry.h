// Which targets there are: folders of shared objects, <root>/<chapter>/<name>/problem.so and its
// implementations beside it. Looks at names only; nothing is loaded.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace aisp {

struct TargetFiles {
  std::string chapter;  // "ch01", "labs/moe"
  std::string name;     // "gemm"
  std::filesystem::path folder;
  std::filesystem::path problem;
  std::filesystem::path baseline;
  std::vector<std::filesystem::path> optimized;  // optimized*.so, sorted
  std::vector<std::filesystem::path> ceilings;   // ceiling_*.so, sorted
  std::filesystem::path reference_serial;        // empty when there is none
  // Why it cannot be run ("it has no baseline.so"); empty = it can.
  std::string fault;

  std::string target() const { return chapter + ":" + name; }
  // Targets that test the judge itself are shown only to those who ask for them.
  bool hidden() const { return chapter == "testbed"; }
};

// All targets below `root`, sorted. A folder with a problem.so has exactly one baseline and at least
// one optimized implementation, or a fault that says which is missing. Error: `root` cannot be read,
// or holds no target.
Result<std::vector<TargetFiles>> find_targets(const std::filesystem::path& root);

// The targets that `wanted` names, each once, in the order of find_targets(). An entry is a target
// ("ch01:gemm"), a chapter ("ch01", "labs"), a range of chapters ("ch01..ch03"), either of the first
// two with * ? [] in it, or "all"; entries may be joined with commas. Hidden targets come only where
// the entry's chapter is spelled out. Errors: an entry that matches nothing (with the nearest
// names), or a target with a fault.
Result<std::vector<TargetFiles>> select_targets(const std::vector<TargetFiles>& targets,
                                                const std::vector<std::string>& wanted);

// Least number of insertions, deletions and replacements that make `a` into `b` (Levenshtein).
std::size_t edit_distance(std::string_view a, std::string_view b);

}  // namespace aisp
