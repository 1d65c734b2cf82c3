// Which targets there are: folders of shared objects, <root>/<chapter>/<name>/problem.so with the
// CPU's implementations beside it and CUDA's in its folder cuda/. Looks at names only; nothing is
// loaded.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace aisp {

// The implementations of a target on one device.
struct DeviceFiles {
  std::string device;            // "cpu", "cuda"
  std::filesystem::path folder;  // where they lie
  std::filesystem::path baseline;
  std::vector<std::filesystem::path> optimized;  // optimized*.so, sorted
  std::vector<std::filesystem::path> ceilings;   // ceiling_*.so, sorted
  std::filesystem::path reference_serial;        // empty when there is none
  // Why they cannot be run ("it has no baseline.so"); empty = they can.
  std::string fault;

  // Names of all of them, baseline first.
  std::vector<std::string> names() const;
};

struct TargetFiles {
  std::string chapter;  // "ch01", "labs/moe"
  std::string name;     // "gemm"
  std::filesystem::path folder;
  std::filesystem::path problem;
  std::vector<DeviceFiles> devices;  // at least one; "cpu" before "cuda"

  std::string target() const { return chapter + ":" + name; }
  // Null when it has no implementation there.
  const DeviceFiles* on(std::string_view device) const;
  // Targets that test the judge itself are shown only to those who ask for them.
  bool hidden() const { return chapter == "testbed"; }
};

// All targets below `root`, sorted. On each of its devices a target has exactly one baseline and at
// least one optimized implementation, or a fault that says which is missing; one without any
// implementation has the device "cpu" with that fault. Error: `root` cannot be read, or holds no
// target.
Result<std::vector<TargetFiles>> find_targets(const std::filesystem::path& root);

// The targets that `wanted` names, each once, in the order of find_targets(). An entry is a target
// ("ch01:gemm"), a chapter ("ch01", "labs"), a range of chapters ("ch01..ch03"), either of the first
// two with * ? [] in it, or "all"; entries may be joined with commas. Hidden targets come only where
// the entry's chapter is spelled out, and targets that have nothing on `device` are left out. Errors:
// an entry that matches nothing (with the nearest names), or a target that is not there on this device (a chapter of
// which nothing is there is left out as its targets are, unless that leaves nothing), or a target with a fault there. An empty `device` takes them all, faulty or not.
Result<std::vector<TargetFiles>> select_targets(const std::vector<TargetFiles>& targets,
                                                const std::vector<std::string>& wanted,
                                                const std::string& device = "cpu");

// Least number of insertions, deletions and replacements that make `a` into `b` (Levenshtein).
std::size_t edit_distance(std::string_view a, std::string_view b);

}  // namespace aisp
