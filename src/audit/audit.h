// Is a target fit to judge others? Looks at the problem, not at implementations: none of them is run.
// What is found is a list; how it is written down is report/audit_text.h.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "aisp/problem.h"
#include "base/chacha.h"
#include "base/result.h"
#include "problem/registry.h"

namespace aisp::audit {

// `error`: the target must not be used. `warning`: somebody should look. `note`: what a reader of
// results should know. `not_run`: a question that could not be asked, which is no pass.
enum class Level { error, warning, note, not_run };

constexpr std::string_view name_of(Level level) {
  switch (level) {
    case Level::error: return "error";
    case Level::warning: return "warning";
    case Level::note: return "note";
    case Level::not_run: return "not_run";
  }
  return "?";
}

struct Rule {
  std::string_view id;
  std::string_view summary;
};

// Every question that is asked, in the order of the reports.
inline constexpr std::array kRules = {
    Rule{"pair", "a target has one baseline and at least one optimized implementation"},
    Rule{"orphan", "every shared object below the targets' folder belongs to a target"},
    Rule{"duplicate", "no two implementations of a target, and no two targets, are the same"},
    Rule{"contract", "the problem loads, is well-formed and bears its folder's name"},
    Rule{"devices", "the problem is the same computation on every device"},
    Rule{"looseness", "a tolerance looser than its dtype's default says why"},
    Rule{"distribution", "inputs can be drawn, and differ from draw to draw"},
    Rule{"reference", "the reference ends, repeats itself, writes every element, and reads only"},
    Rule{"finite", "what is right is finite"},
    Rule{"validate", "the right output satisfies the problem's own invariants"},
    Rule{"right", "the right output, rounded to its dtype, is accepted"},
    Rule{"zeros", "zeros are refused"},
    Rule{"shuffled", "the right values in another order are refused"},
    Rule{"truncated", "an output without its last eighth is refused"},
    Rule{"one_element", "one wrong element is refused"},
    Rule{"lower_dtype", "the right output in the next lower dtype is refused"},
    Rule{"null_kernel", "outputs that nobody wrote are refused"},
    Rule{"constant", "a constant, also the best one, is refused"},
    Rule{"stale", "the right output of an earlier call is refused"},
    Rule{"input_copy", "a copy of an input is refused"},
    Rule{"dependence", "the output moves, beyond the tolerance, with every input"},
    Rule{"work", "the work model says no more, and not much less, than the tensors and the clock"},
};

struct Finding {
  std::string rule;  // id of one of kRules
  Level level = Level::error;
  std::string part;  // "outputs[0] 'C'", "optimized_b.so"; empty = the whole target
  std::string message;
};

struct Peaks {  // zero = not known
  double flops_per_second = 0;
  double bytes_per_second = 0;
};

struct Options {
  Key key{};  // what inputs are drawn from; the same key, the same audit
  Peaks peaks;
  std::uint64_t most_bytes = 3ull << 30;  // tensors of one target, with what the audit adds
  double blocks_budget_s = 8;             // for the dependence on parts of inputs
  double time_limit_s = 300;              // for all that a problem's own code does
};

struct TargetAudit {
  std::string target;
  std::string device;  // on which its numbers were looked at; empty = none
  std::filesystem::path problem;
  double elapsed_s = 0;
  std::vector<Finding> findings;
};

// Contract, tolerances, degeneration and work of one problem. Runs its reference, its validation and
// its generators in this process.
std::vector<Finding> audit_problem(const Problem& problem, const Options& options);

// The same for a problem's file, in a child process: what crashes or hangs there is a finding.
std::vector<Finding> audit_file(const std::filesystem::path& problem, const std::string& target,
                                const std::string& device, const Options& options);

// Names and files: pairs and duplicates of one target.
std::vector<Finding> audit_pairs(const TargetFiles& target);
// Shared objects below `root` that belong to no target, with the folder as the target's name.
std::vector<TargetAudit> audit_orphans(const std::filesystem::path& root,
                                       const std::vector<TargetFiles>& targets);
// Whether the problem that is posed on one device is that of the other; sizes may differ.
std::vector<Finding> audit_devices(const TargetFiles& target);

// All of the above. `device`: where its numbers are looked at ("" = "cpu" where it is posed there).
TargetAudit audit_target(const TargetFiles& target, const std::string& device,
                         const Options& options);

bool any_error(const std::vector<TargetAudit>& audits);
bool any_not_run(const std::vector<TargetAudit>& audits);

}  // namespace aisp::audit
