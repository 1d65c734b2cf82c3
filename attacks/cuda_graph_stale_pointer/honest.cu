// Captures its first call into a graph, and gives it the pointers of each call.
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

std::unique_ptr<Graph> graph;

void run(const aisp::Launch& launch) {
  const corpus::Axpby job(launch);
  if (graph == nullptr) graph = std::make_unique<Graph>(job);
  graph->point_at(job);
  graph->launch(corpus::stream_of(launch));
}

}  // namespace

AISP_IMPLEMENTATION(run, "a graph with the pointers of the call");
