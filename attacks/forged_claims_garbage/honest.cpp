// Fills a large scratch buffer of its own with a pattern in each call.
#include <algorithm>
#include <vector>

#include "../computations.h"
#include "aisp/implementation.h"

namespace {

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) : scratch_(1 << 15) {}
  void run(const aisp::Launch& launch) {
    std::fill(scratch_.begin(), scratch_.end(), ~std::uint64_t{0});
    corpus::Axpby(launch).compute();
  }

 private:
  std::vector<std::uint64_t> scratch_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "fills its own scratch memory");
