// Fifty kernels that do nothing, on a stream of their own, with each call: records may be
// dropped, and the one that matters among them.
#include "../device_axpby.cuh"

namespace {

__global__ void nothing() {}

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {}
  void run(const aisp::Launch& launch) {
    for (int i = 0; i < 50; ++i) nothing<<<1, 32, 0, side_>>>();
    corpus::compute(corpus::Axpby(launch), corpus::stream_of(launch));
  }

 private:
  corpus::Stream side_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "decoys");
