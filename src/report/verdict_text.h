// What a verdict is called, and the sentence that sums up a target or a run.
#pragma once

#include <string>
#include <vector>

#include "judge/result.h"

namespace aisp {

// "baseline", "faster", "slower", "same", "not enough evidence"; or what forbids a comparison:
// "incorrect", "dishonest", "incorrect, dishonest", "not proven". "not compared" when there is
// none.
std::string verdict_word(const ImplementationResult& result);

// Proven to be correct and honest.
bool accepted(const ImplementationResult& result);
// Shown to be incorrect or dishonest.
bool refused(const ImplementationResult& result);

// The findings that a reader has to know: those that failed, and required ones that did not run.
std::vector<const Finding*> notable_findings(const ImplementationResult& result);

// "timed hot", "timed cold, graph replay" once for the whole run; empty where all of it was cold and launched
// as usual.
std::string unusual_mode(const std::vector<TargetResult>& results);

// "isolation: partial (no …)" once for the whole run; empty when all of it was full.
std::string partial_isolation(const std::vector<TargetResult>& results);

// "ch01:gemm: optimized ran 2.100 times faster than baseline (95 % interval 2.051 to 2.148)."
std::string target_sentence(const TargetResult& result);

// Where several chapters were run, a line for each: how many times as fast its targets' best accepted
// implementations are in the geometric mean, and how many targets that leaves out. Its interval is the geometric mean of
// the intervals' ends, which claims nothing of errors that cancel; the best of several variants is chosen by the same times.
std::vector<std::string> chapter_lines(const std::vector<TargetResult>& results);

// target_sentence for one target, a count of outcomes for several.
std::string closing_sentence(const std::vector<TargetResult>& results);

}  // namespace aisp
