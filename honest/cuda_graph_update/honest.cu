// Captures each call whose pointers it has not seen last, and updates its graph by what was captured.
#include "../../attacks/device_axpby.cuh"

namespace {

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {
    cudaFuncAttributes attributes;  // loads the kernel, which a capture may not allow
    corpus::check(cudaFuncGetAttributes(&attributes, corpus::axpby_kernel));
  }
  ~Kernel() {
    if (exec_ != nullptr) cudaGraphExecDestroy(exec_);
  }
  Kernel(const Kernel&) = delete;
  Kernel& operator=(const Kernel&) = delete;

  void run(const aisp::Launch& launch) {
    const corpus::Axpby job(launch);
    if (exec_ == nullptr || job.x != x_ || job.y != y_ || job.out != out_) point_at(job);
    corpus::check(cudaGraphLaunch(exec_, corpus::stream_of(launch)));
  }

 private:
  void point_at(const corpus::Axpby& job) {
    cudaGraph_t graph = nullptr;
    corpus::check(cudaStreamBeginCapture(capture_, cudaStreamCaptureModeThreadLocal));
    corpus::compute(job, capture_);
    corpus::check(cudaStreamEndCapture(capture_, &graph));
    cudaGraphExecUpdateResultInfo info{};
    if (exec_ == nullptr || cudaGraphExecUpdate(exec_, graph, &info) != cudaSuccess) {
      cudaGetLastError();
      if (exec_ != nullptr) cudaGraphExecDestroy(exec_);
      exec_ = nullptr;
      corpus::check(cudaGraphInstantiate(&exec_, graph, 0));
    }
    corpus::check(cudaGraphDestroy(graph));
    x_ = job.x;
    y_ = job.y;
    out_ = job.out;
  }

  corpus::Stream capture_;
  cudaGraphExec_t exec_ = nullptr;
  const float* x_ = nullptr;
  const float* y_ = nullptr;
  float* out_ = nullptr;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "a graph that is updated");
