// A thread that prefetches within the call and is waited for.
#include "../../attacks/computations.h"
#include "../../attacks/waiting_thread.h"
#include "aisp/implementation.h"

namespace {

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {}
  void run(const aisp::Launch& launch) {
    const float* in = launch.input<float>(0);
    float* out = launch.output<float>(0);
    thread_.post([in] {
      for (std::size_t i = 256 * 1024; i < 512 * 1024; i += 16) __builtin_prefetch(in + i, 0, 1);
    });
    for (std::size_t row = 0; row < 512; ++row) out[row] = corpus::sum(in + row * 1024, 1024);
    thread_.wait();
  }

 private:
  corpus::WaitingThread thread_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "a thread that prefetches within the call and is waited for");
