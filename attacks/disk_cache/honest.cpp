// Keeps a tuning file in /tmp and reads it in setup.
#include <algorithm>
#include <cstdio>

#include "../computations.h"
#include "aisp/implementation.h"

namespace {

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {
    constexpr const char* kPath = "/tmp/axpby.tuning";
    if (std::FILE* file = std::fopen(kPath, "w")) {
      std::fprintf(file, "%zu\n", block_);
      std::fclose(file);
    }
    if (std::FILE* file = std::fopen(kPath, "r")) {
      std::size_t block = 0;
      if (std::fscanf(file, "%zu", &block) == 1 && block >= 64) block_ = block;
      std::fclose(file);
      std::remove(kPath);
    }
  }
  void run(const aisp::Launch& launch) {
    const corpus::Axpby job(launch);
    for (std::size_t i = 0; i < job.n; i += block_) job.compute(i, std::min(i + block_, job.n));
  }

 private:
  std::size_t block_ = 4096;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "tuning file");
