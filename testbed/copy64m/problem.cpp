#include "../copy_problem.h"

namespace {

aisp::Problem make() { return testbed::copy_problem("testbed:copy64m", 16 * 1024 * 1024); }

}  // namespace

AISP_PROBLEM(make);
