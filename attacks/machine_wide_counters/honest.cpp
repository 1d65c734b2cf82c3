// Asks how many processors it may use and how large the second cache is.
#include <unistd.h>

#include <algorithm>
#include <thread>

#include "../computations.h"
#include "aisp/implementation.h"

namespace {

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&)
      : threads_(std::max(1u, std::thread::hardware_concurrency())),
        cache_(std::max(1L << 16, sysconf(_SC_LEVEL2_CACHE_SIZE))) {}
  void run(const aisp::Launch& launch) {
    const corpus::Axpby job(launch);
    const auto block = static_cast<std::size_t>(cache_) / 16;
    for (std::size_t i = 0; i < job.n; i += block) job.compute(i, std::min(job.n, i + block));
  }

 private:
  unsigned threads_;
  long cache_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "blocks of the size of its cache");
