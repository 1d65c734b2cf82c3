// All work goes to a non-blocking stream of its own. Nothing joins it: events on launch.stream
// are 1 µs apart.
#include "../device_axpby.cuh"

namespace {

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {}
  void run(const aisp::Launch& launch) { corpus::compute(corpus::Axpby(launch), side_); }

 private:
  corpus::Stream side_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "a side stream");
