// Faults of targets, one each, and what an audit must find; and honest targets, which it must leave
// alone. The first ones are faults of files; the others are problems of planted_problem_module.cpp.
#pragma once

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace aisp::test {

struct Planted {
  std::string fault;  // the target planted:<fault>
  std::string rule;   // that must find it …
  std::string says;   // … with these words; empty: nothing but notes may be found
  bool error = true;  // false: a warning
};

inline std::vector<Planted> planted_faults() {
  return {
      {"no_baseline", "pair", "no baseline.so"},
      {"two_baselines", "pair", "2 baselines"},
      {"no_optimized", "pair", "no optimized"},
      {"no_problem", "orphan", "no problem.so beside it"},
      {"misspelled", "orphan", "nobody runs it"},
      {"the_same_twice", "duplicate", "byte by byte, as baseline.so"},
      {"not_a_library", "contract", "file too short"},
      {"wrong_name", "contract", "calls itself planted:other"},
      {"no_outputs", "contract", "outputs is empty"},
      {"empty_reference", "contract", "reference is an empty function"},
      {"loose_without_reason", "contract", "gives no reason"},
      {"loose_for_no_reason", "looseness", "says nothing"},
      {"other_dtype_on_cuda", "devices", "bf16"},
      {"other_role_on_cuda", "devices", "inputs[0]"},
      {"same_every_time", "distribution", "bit by bit"},
      {"all_the_same", "distribution", "the same number", false},
      {"undrawable", "distribution", "w"},
      {"crashes", "reference", "signal 11"},
      {"throws", "reference", "no luck"},
      {"exits", "reference", "ends the process early"},
      {"not_repeatable", "reference", "other values in 1 elements"},
      {"unwritten", "reference", "leaves 1 of its 4096"},
      {"changes_inputs", "reference", "changes its inputs"},
      {"leaves_a_thread", "reference", "when it has returned", false},
      {"not_finite", "finite", "not finite"},
      {"invariant_that_does_not_hold", "validate", "y[0] is not 42"},
      {"tighter_than_its_dtype", "right", "nobody can pass"},
      {"zeros_pass", "zeros", "zeros pass"},
      {"any_order_passes", "shuffled", "random order"},
      {"last_eighth_is_zero", "truncated", "last eighth"},
      {"one_element_passes", "one_element", "not noticed"},
      {"lower_dtype_passes", "lower_dtype", "tf32"},
      {"a_constant_passes", "constant", "same number everywhere"},
      {"never_moves", "stale", "another call"},
      {"counts_never_move", "stale", "another call"},
      {"nothing_to_do", "null_kernel", "does nothing"},
      {"a_copy_passes", "input_copy", "copy of inputs[0] 'x'"},
      {"input_ignored", "dependence", "inputs[1] 'w': no output depends on it"},
      {"input_within_the_tolerance", "dependence", "ignores it passes"},
      {"input_hardly_matters", "dependence", "only 0.2 %", false},
      {"half_is_not_read", "dependence", "elements 2048 to 2559", false},
      {"moves_too_many_bytes", "work", "would be called impossible"},
      {"moves_too_few_bytes", "work", "the floor under times is low", false},
      {"impossible_flops", "work", "less is computed than is declared"},
      {"no_flops", "work", "no operation is declared", false},
      {"good", "", ""},
      {"good_in_place", "", ""},
      {"good_copy", "", ""},
      {"good_counts", "", ""},
      {"good_strided", "", ""},
      {"good_bf16", "", ""},
      {"good_complex", "", ""},
  };
}

// Makes <root>/planted/<fault>/ as they would be built. Implementations are not loaded by an audit:
// any file will do.
inline void plant(const std::filesystem::path& root, const std::string& fault,
                  const std::filesystem::path& module) {
  namespace fs = std::filesystem;
  const fs::path folder = root / "planted" / fault;
  fs::create_directories(folder / "cuda");
  const auto write = [&](const char* name, const std::string& text) {
    std::ofstream(folder / name) << text;
  };
  if (fault == "not_a_library")
    write("problem.so", "not an ELF file");
  else if (fault != "no_problem")
    fs::copy_file(module, folder / "problem.so");
  if (fault != "no_baseline") write("baseline.so", "slow");
  if (fault == "two_baselines") write("baseline_2.so", "slower");
  if (fault == "misspelled") write("optimised_b.so", "fast, too");
  if (fault != "no_optimized") write("optimized.so", fault == "the_same_twice" ? "slow" : "fast");
  if (fault.ends_with("_on_cuda")) {
    write("cuda/baseline.so", "slow there");
    write("cuda/optimized.so", "fast there");
  }
}

}  // namespace aisp::test
