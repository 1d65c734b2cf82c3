#include "../spin_problem.h"

namespace {

aisp::Problem make() { return testbed::spin_problem("testbed:spin_100us", 1e5); }

}  // namespace

AISP_PROBLEM(make);
