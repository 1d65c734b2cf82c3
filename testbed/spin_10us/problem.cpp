#include "../spin_problem.h"

namespace {

aisp::Problem make() { return testbed::spin_problem("testbed:spin_10us", 1e4); }

}  // namespace

AISP_PROBLEM(make);
