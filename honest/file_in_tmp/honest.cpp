// Writes and reads a small file of its own in every call.
#include <cstdio>
#include <stdexcept>

#include "../../attacks/computations.h"
#include "aisp/implementation.h"

namespace {

void run(const aisp::Launch& launch) {
  std::FILE* file = std::fopen("/tmp/notes", "w+");
  if (file == nullptr) throw std::runtime_error("no /tmp");
  std::fputs("a call", file);
  std::fclose(file);
  corpus::Axpby(launch).compute();
}

}  // namespace

AISP_IMPLEMENTATION(run, "writes and reads a small file of its own in every call");
