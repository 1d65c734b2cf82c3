// Asks each call whether its sizes are those that it was made for.
#include <stdexcept>

#include "../computations.h"
#include "aisp/implementation.h"

namespace {

class Kernel {
 public:
  explicit Kernel(const aisp::Launch& launch) : elements_(launch.output_tensor(0).elements) {}
  void run(const aisp::Launch& launch) {
    const corpus::Axpby job(launch);
    if (job.n != elements_) throw std::runtime_error("another size");
    job.compute();
  }

 private:
  std::size_t elements_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "checks its sizes");
