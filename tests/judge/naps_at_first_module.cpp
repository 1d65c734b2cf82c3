// Doubles x as the hostile module does, and takes 11 ms for each of its first 40 calls.
#include <time.h>

#include "aisp/implementation.h"

namespace {

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {}
  void run(const aisp::Launch& launch) {
    const timespec rest{0, 11'000'000};
    if (++calls_ <= 40) nanosleep(&rest, nullptr);
    const auto x = launch.input_span<float>(0);
    const auto out = launch.output_span<float>(0);
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = 2 * x[i];
  }

 private:
  int calls_ = 0;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "doubles x, and naps at first");
