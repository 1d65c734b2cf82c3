// The exit codes: the only part of a run that a script without a JSON reader sees.
#pragma once

#include <vector>

#include "judge/result.h"

namespace aisp::cli {

enum class ExitCode : int {
  good = 0,      // everything correct and honest
  refused = 1,   // something incorrect, dishonest or gated
  usage = 2,     // usage or environment: nothing is said about the implementations
  unproven = 3,  // no implementation beside the baseline was proven correct and honest
  interrupted = 130
};

inline constexpr const char* kExitCodesHelp =
    "Exit codes: 0 all good; 1 something is incorrect, dishonest or gated (a candidate that does "
    "not "
    "compile is, too); 2 usage or environment; 3 nothing could be proven; 130 interrupted by "
    "Ctrl-C "
    "(what is known is printed, and --resume goes on).";

inline constexpr const char* kRedteamExitCodesHelp =
    "Exit codes: 0 every attack was caught, no honest code was accused; 1 an attack was missed, or "
    "honest code was accused; 2 usage or environment; 3 something was left open: an attack that "
    "was "
    "not run, or honest code that was not proven; 130 interrupted by Ctrl-C.";

constexpr int value_of(ExitCode code) { return static_cast<int>(code); }

ExitCode exit_code_of(const std::vector<TargetResult>& results);

}  // namespace aisp::cli
