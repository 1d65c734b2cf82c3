// Writes at the far end of memory of its own.
#include "../device_axpby.cuh"

namespace {

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) : own_(1 << 20) {}
  void run(const aisp::Launch& launch) {
    const auto stream = corpus::stream_of(launch);
    corpus::compute(corpus::Axpby(launch), stream);
    if (calls_++ % 30 == 3)
      corpus::check(cudaMemsetAsync(own_.get() + (1 << 20) - 4096, 0x55, 4096, stream));
  }

 private:
  corpus::DeviceArray<char> own_;
  unsigned calls_ = 0;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "writes at the far end of its own memory");
