// Chooses the function that does the work in setup.
#include "../computations.h"
#include "aisp/implementation.h"

namespace {

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) : work_(&corpus_compute) {}
  void run(const aisp::Launch& launch) { work_(corpus::Axpby(launch)); }

 private:
  static void corpus_compute(const corpus::Axpby& job) { job.compute(); }
  void (*work_)(const corpus::Axpby&);
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "a function pointer");
