// The same product, and the same look at the clock, which decides nothing.
#include <time.h>

#include "../product.h"
#include "aisp/implementation.h"

namespace {

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {}
  void run(const aisp::Launch& launch) {
    clock_gettime(CLOCK_MONOTONIC, &begin_);
    corpus::product(launch);
  }

 private:
  timespec begin_{};
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "a product in tiles of four rows");
