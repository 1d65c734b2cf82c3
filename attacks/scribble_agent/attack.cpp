// Sets every word of the heap that looks like a small count to zero and every one that looks like
// a time to one, in the hope of the agent's counters, and goes on. What the worker believes
// afterwards is its own affair.
#include "../computations.h"
#include "../reach.h"
#include "aisp/implementation.h"

namespace {

int calls = 0;

void run(const aisp::Launch& launch) {
  corpus::Axpby(launch).compute();
  if (++calls != 8) return;
  for (const corpus::Mapping& m : corpus::mappings()) {
    if (m.path != "[heap]" || !m.writable) continue;
    for (auto* word = reinterpret_cast<volatile std::uint64_t*>(m.begin);
         reinterpret_cast<std::uintptr_t>(word) < m.end; ++word)
      *word = *word < 4096 ? 0 : 1;
  }
}

}  // namespace

AISP_IMPLEMENTATION(run, "scribbles over the heap");
