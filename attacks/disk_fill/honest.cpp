// Writes 64 KiB to a temporary file in setup and removes it.
#include <cstdio>
#include <vector>

#include "../computations.h"
#include "aisp/implementation.h"

namespace {

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {
    if (std::FILE* file = std::tmpfile()) {
      const std::vector<char> block(64 << 10);
      std::fwrite(block.data(), 1, block.size(), file);
      std::fclose(file);
    }
  }
  void run(const aisp::Launch& launch) { corpus::Axpby(launch).compute(); }
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "64 KiB in a temporary file");
