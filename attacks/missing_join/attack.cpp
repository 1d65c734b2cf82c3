// Threads add partial sums of a row's halves, and the row is written before the second half is
// there; it is the sum of the call before.
#include <thread>
#include <vector>

#include "../computations.h"
#include "../waiting_thread.h"
#include "aisp/implementation.h"

namespace {

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {}
  void run(const aisp::Launch& launch) {
    const auto out = launch.output_span<float>(0);
    const std::size_t columns = launch.input_tensor(0).elements / out.size();
    const float* in = launch.input<float>(0);
    second_.resize(out.size());
    thread_.wait();
    thread_.post([this, in, columns] {
      for (std::size_t row = 0; row < second_.size(); ++row) {
        // The caller goes first where both share a CPU.
        if (row % 16 == 0) std::this_thread::yield();
        second_[row] = corpus::sum(in + row * columns + columns / 2, columns - columns / 2);
      }
    });
    for (std::size_t row = 0; row < out.size(); ++row)
      out[row] = corpus::sum(in + row * columns, columns / 2) + second_[row];
  }

 private:
  std::vector<float> second_;
  corpus::WaitingThread thread_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "reads the other half too early");
