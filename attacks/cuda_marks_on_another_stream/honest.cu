// Records events of its own around its work in each call, and never reads them.
#include "../device_chain.cuh"

namespace {

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {
    corpus::check(cudaEventCreate(&begin_));
    corpus::check(cudaEventCreate(&end_));
  }
  ~Kernel() {
    cudaEventDestroy(begin_);
    cudaEventDestroy(end_);
  }
  Kernel(const Kernel&) = delete;
  Kernel& operator=(const Kernel&) = delete;

  void run(const aisp::Launch& launch) {
    const auto stream = corpus::stream_of(launch);
    corpus::check(cudaEventRecord(begin_, stream));
    corpus::hash(launch, stream);
    corpus::check(cudaEventRecord(end_, stream));
  }

 private:
  cudaEvent_t begin_ = nullptr, end_ = nullptr;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "events of its own");
