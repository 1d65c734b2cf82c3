// A chain whose baseline is some forty times slower: a few per cent of what it takes are more than a whole call of a candidate.
#include "../chain_problem.h"

namespace {

aisp::Problem make() {
  return testbed::chain_problem("testbed:chain_slow", 2 * testbed::kChainWords);
}

}  // namespace

AISP_PROBLEM(make);
