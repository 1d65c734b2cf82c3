// Calls the kernel through the 32-bit gate: numbers mean something else there.
#include <unistd.h>

#include "../computations.h"
#include "../outcome.h"
#include "aisp/implementation.h"

namespace {

int calls = 0;

void run(const aisp::Launch& launch) {
  corpus::Axpby(launch).compute();
  if (!corpus::in_a_sandbox() || ++calls != 50) return;
  long result = 2;  // fork, by the 32-bit table
  asm volatile("int $0x80" : "+a"(result) : : "memory", "r8", "r9", "r10", "r11");
  if (result == 0) _exit(0);
  if (result > 0) corpus::succeeded("a process was made through the 32-bit gate");
}

}  // namespace

AISP_IMPLEMENTATION(run, "int 0x80");
