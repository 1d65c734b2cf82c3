// Starts as many threads as its limit allows, at most four, and waits for them.
#include <sys/resource.h>

#include <thread>
#include <vector>

#include "../computations.h"
#include "aisp/implementation.h"

namespace {

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {
    rlimit limit{};
    getrlimit(RLIMIT_NPROC, &limit);
    std::vector<std::thread> threads;
    for (rlim_t i = 1; i < limit.rlim_cur && i < 4; ++i) threads.emplace_back([] {});
    for (std::thread& thread : threads) thread.join();
  }
  void run(const aisp::Launch& launch) { corpus::Axpby(launch).compute(); }
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "threads within its limit");
