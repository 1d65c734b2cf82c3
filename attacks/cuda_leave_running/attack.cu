// A CUDA context of its own, which nobody waits for, keeps all multiprocessors busy for 12 ms at
// a time: also those of the judge and of the baseline, whose turn comes next.
#include "../device_chain.cuh"
#include "../outcome.h"
#include "../second_context.cuh"

namespace {

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {
    if (!second_) corpus::not_tried("no second context");
  }
  void run(const aisp::Launch& launch) {
    corpus::hash(launch, corpus::stream_of(launch));
    if (!second_) return;
    const corpus::SecondContext::Entered entered(second_);
    if (side_ == nullptr) corpus::check(cudaStreamCreateWithFlags(&side_, cudaStreamNonBlocking));
    if (cudaStreamQuery(side_) == cudaSuccess)
      corpus::busy_kernel<<<132, 1024, 0, side_>>>(12'000'000);
    cudaGetLastError();  // "not ready" is no error
  }

 private:
  corpus::SecondContext second_;
  cudaStream_t side_ = nullptr;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "leaves load");
