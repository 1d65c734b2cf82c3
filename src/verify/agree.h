// Are two answers of the reference the same? Threads that add in another order change last bits of
// doubles, which nobody's tolerance sees.
#pragma once

#include <vector>

#include "aisp/problem.h"
#include "verify/compare.h"

namespace aisp {

// Elements of an output that differ by more than a thousandth of what its tolerance allows; integers,
// and outputs that are compared exactly, by anything.
std::size_t disagreements(const Output& output, const ExpectedTensor& a, const ExpectedTensor& b);

bool agree(const Problem& problem, const std::vector<ExpectedTensor>& a,
           const std::vector<ExpectedTensor>& b);

}  // namespace aisp
