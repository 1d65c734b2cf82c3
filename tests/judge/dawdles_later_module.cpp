// Doubles x as the hostile module does; from its eighth call on, which no warm-up of one call a window reaches, each takes 0.3 s.
#include <time.h>

#include "aisp/implementation.h"

namespace {

constexpr int kQuickCalls = 7;

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {}
  void run(const aisp::Launch& launch) {
    const timespec rest{0, 300'000'000};
    if (++calls_ > kQuickCalls) nanosleep(&rest, nullptr);
    const auto x = launch.input_span<float>(0);
    const auto out = launch.output_span<float>(0);
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = 2 * x[i];
  }

 private:
  int calls_ = 0;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "doubles x, and takes its time once it was seen to be quick");
