// The default stream of its thread, which waits for launch.stream and is waited for by it.
#include "../device_axpby.cuh"

namespace {

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {}
  void run(const aisp::Launch& launch) {
    corpus::wait_for(cudaStreamPerThread, corpus::stream_of(launch), begin_);
    corpus::compute(corpus::Axpby(launch), cudaStreamPerThread);
    corpus::wait_for(corpus::stream_of(launch), cudaStreamPerThread, end_);
  }

 private:
  corpus::Event begin_, end_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "per-thread default stream, joined");
