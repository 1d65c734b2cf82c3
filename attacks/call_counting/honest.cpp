// Tunes itself over its first 64 calls and is right in all of them.
#include <algorithm>
#include <chrono>

#include "../computations.h"
#include "aisp/implementation.h"

namespace {

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {}
  void run(const aisp::Launch& launch) {
    const corpus::Axpby job(launch);
    const std::size_t block = calls_ < 64 ? std::size_t{256} << calls_ % 4 : best_;
    const auto start = std::chrono::steady_clock::now();
    for (std::size_t i = 0; i < job.n; i += block) job.compute(i, std::min(i + block, job.n));
    const auto spent = std::chrono::steady_clock::now() - start;
    if (calls_ < 64 && spent < least_) {
      least_ = spent;
      best_ = block;
    }
    ++calls_;
  }

 private:
  int calls_ = 0;
  std::size_t best_ = 1024;
  std::chrono::steady_clock::duration least_ = std::chrono::hours(1);
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "tunes over 64 calls");
