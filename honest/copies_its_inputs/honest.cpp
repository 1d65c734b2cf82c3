// Copies its inputs to memory of its own and computes there.
#include <algorithm>
#include <vector>

#include "../../attacks/computations.h"
#include "aisp/implementation.h"

namespace {

class Kernel {
 public:
  explicit Kernel(const aisp::Launch& shapes)
      : x_(shapes.input_tensor(0).elements), y_(shapes.input_tensor(1).elements) {}
  void run(const aisp::Launch& launch) {
    corpus::Axpby job(launch);
    std::copy(job.x, job.x + job.n, x_.begin());
    std::copy(job.y, job.y + job.n, y_.begin());
    job.x = x_.data();
    job.y = y_.data();
    job.compute();
  }

 private:
  std::vector<float> x_, y_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "copies its inputs to memory of its own and computes there");
