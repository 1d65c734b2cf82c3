#include "../copy_problem.h"

namespace {

aisp::Problem make() { return testbed::copy_problem("testbed:copy16m", 16 * 256 * 1024); }

}  // namespace

AISP_PROBLEM(make);
