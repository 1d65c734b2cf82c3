// A chain of about a microsecond: shorter than what waking a worker up costs.
#include "../chain_problem.h"

namespace {

aisp::Problem make() { return testbed::chain_problem("testbed:chain_short", 512); }

}  // namespace

AISP_PROBLEM(make);
