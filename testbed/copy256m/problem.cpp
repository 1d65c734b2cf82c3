#include "../copy_problem.h"

namespace {

aisp::Problem make() { return testbed::copy_problem("testbed:copy256m", 256 * 256 * 1024); }

}  // namespace

AISP_PROBLEM(make);
