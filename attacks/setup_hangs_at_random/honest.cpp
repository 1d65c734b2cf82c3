// Its setup takes up to 20 ms, at random.
#include <sys/random.h>

#include <chrono>
#include <thread>

#include "../computations.h"
#include "aisp/implementation.h"

namespace {

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {
    unsigned coin = 0;
    if (getrandom(&coin, sizeof coin, 0) == sizeof coin)
      std::this_thread::sleep_for(std::chrono::milliseconds(coin % 20));
  }
  void run(const aisp::Launch& launch) { corpus::Axpby(launch).compute(); }
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "a setup of any length");
