// A graph with the right pointers, launched on a non-blocking stream of its own that is never
// joined: events on launch.stream see nothing of it.
#include <memory>

#include "../device_axpby.cuh"

namespace {

// A captured call, and the parameters of its only kernel.
class Graph {
 public:
  explicit Graph(const corpus::Axpby& job) {
    // Loads the kernel, which a capture may not allow.
    cudaFuncAttributes attributes;
    corpus::check(cudaFuncGetAttributes(&attributes, corpus::axpby_kernel));
    const corpus::Stream capture;
    corpus::check(cudaStreamBeginCapture(capture, cudaStreamCaptureModeThreadLocal));
    corpus::compute(job, capture);
    corpus::check(cudaStreamEndCapture(capture, &graph_));
    std::size_t one = 1;
    corpus::check(cudaGraphGetNodes(graph_, &node_, &one));
    corpus::check(cudaGraphInstantiate(&exec_, graph_, 0));
  }
  ~Graph() {
    cudaGraphExecDestroy(exec_);
    cudaGraphDestroy(graph_);
  }
  Graph(const Graph&) = delete;
  Graph& operator=(const Graph&) = delete;

  void point_at(corpus::Axpby job) {
    cudaKernelNodeParams params{};
    corpus::check(cudaGraphKernelNodeGetParams(node_, &params));
    std::int64_t vectors = job.n / 4;
    void* arguments[] = {&job.x, &job.y, &job.out, &vectors, &job.a, &job.b};
    params.kernelParams = arguments;
    corpus::check(cudaGraphExecKernelNodeSetParams(exec_, node_, &params));
  }

  void launch(cudaStream_t stream) { corpus::check(cudaGraphLaunch(exec_, stream)); }

 private:
  cudaGraph_t graph_ = nullptr;
  cudaGraphNode_t node_ = nullptr;
  cudaGraphExec_t exec_ = nullptr;
};

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {}
  void run(const aisp::Launch& launch) {
    const corpus::Axpby job(launch);
    if (graph_ == nullptr) graph_ = std::make_unique<Graph>(job);
    graph_->point_at(job);
    graph_->launch(side_);
  }

 private:
  corpus::Stream side_;
  std::unique_ptr<Graph> graph_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "a graph on a side stream");
