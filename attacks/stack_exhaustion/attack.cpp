// Recurses without end after some calls.
#include "../computations.h"
#include "../outcome.h"
#include "aisp/implementation.h"

namespace {

int calls = 0;

__attribute__((noinline)) int deeper(volatile int* n) {
  volatile char frame[4096];
  frame[0] = static_cast<char>(*n);
  *n = *n + 1;
  if (*n < 0) return 0;
  return deeper(n) + frame[0];
}

void run(const aisp::Launch& launch) {
  corpus::Axpby(launch).compute();
  volatile int depth = 0;
  if (corpus::in_a_sandbox() && ++calls == 100) deeper(&depth);
}

}  // namespace

AISP_IMPLEMENTATION(run, "recurses without end");
