// The results as people read them: one table, what went wrong, and one closing sentence.
#pragma once

#include <string>
#include <vector>

#include "judge/result.h"

namespace aisp {

struct TableOptions {
  int width = 100;     // columns of the terminal; from about 72 nothing is lost but columns
  bool color = false;  // ANSI colours
};

// UTF-8 text. One line per implementation: target, implementation, time and speedup as
// [low estimate high], share of the ceiling, correct, honest, verdict. A narrow terminal gets less
// per line, never two lines: first the target moves to a line of its own, then the verdict stands
// for correct and honest, then intervals become ±, then the ceiling goes, then names are cut.
std::string results_table(const std::vector<TargetResult>& results, const TableOptions& options);

// The same as Markdown, with every column.
std::string results_markdown(const std::vector<TargetResult>& results);

}  // namespace aisp
