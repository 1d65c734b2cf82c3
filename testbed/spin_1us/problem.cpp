#include "../spin_problem.h"

namespace {

aisp::Problem make() { return testbed::spin_problem("testbed:spin_1us", 1e3); }

}  // namespace

AISP_PROBLEM(make);
