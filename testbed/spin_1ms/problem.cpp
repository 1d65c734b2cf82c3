#include "../spin_problem.h"

namespace {

aisp::Problem make() { return testbed::spin_problem("testbed:spin_1ms", 1e6); }

}  // namespace

AISP_PROBLEM(make);
