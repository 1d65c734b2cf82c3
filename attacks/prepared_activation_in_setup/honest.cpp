// Reads the parameters in setup and prepares a table from them.
#include "../computations.h"
#include "aisp/implementation.h"

namespace {

class Kernel {
 public:
  explicit Kernel(const aisp::Launch& shapes)
      : a_(static_cast<float>(shapes.param("a"))), b_(static_cast<float>(shapes.param("b"))) {}
  void run(const aisp::Launch& launch) {
    const corpus::Axpby job(launch);
    for (std::size_t i = 0; i < job.n; ++i) job.out[i] = a_ * job.x[i] + b_ * job.y[i];
  }

 private:
  float a_;
  float b_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "parameters read in setup");
