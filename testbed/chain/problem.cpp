#include "../chain_problem.h"

namespace {

aisp::Problem make() { return testbed::chain_problem("testbed:chain", testbed::kChainWords); }

}  // namespace

AISP_PROBLEM(make);
