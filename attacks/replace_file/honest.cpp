// Reads its own shared object to print its size.
#include <dlfcn.h>

#include <cstdio>

#include "../computations.h"
#include "aisp/implementation.h"

namespace {

const int here = 0;

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {
    Dl_info self{};
    if (dladdr(&here, &self) == 0) return;
    if (std::FILE* file = std::fopen(self.dli_fname, "rb")) {
      std::fseek(file, 0, SEEK_END);
      std::fprintf(stderr, "%ld bytes\n", std::ftell(file));
      std::fclose(file);
    }
  }
  void run(const aisp::Launch& launch) { corpus::Axpby(launch).compute(); }
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "reads its own file");
