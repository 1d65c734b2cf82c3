// Writes and removes a temporary file within setup.
#include <cstdio>

#include "../computations.h"
#include "aisp/implementation.h"

namespace {

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {
    if (std::FILE* file = std::tmpfile()) {
      std::fprintf(file, "scratch\n");
      std::fclose(file);
    }
  }
  void run(const aisp::Launch& launch) { corpus::Axpby(launch).compute(); }
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "a temporary file in setup");
