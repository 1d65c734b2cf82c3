// Captures its first call into a graph and replays that ever after, whatever buffers it is given.
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

  void launch(cudaStream_t stream) { corpus::check(cudaGraphLaunch(exec_, stream)); }

 private:
  cudaGraph_t graph_ = nullptr;
  cudaGraphNode_t node_ = nullptr;
  cudaGraphExec_t exec_ = nullptr;
};

std::unique_ptr<Graph> graph;

void run(const aisp::Launch& launch) {
  if (graph == nullptr) graph = std::make_unique<Graph>(corpus::Axpby(launch));
  graph->launch(corpus::stream_of(launch));
}

}  // namespace

AISP_IMPLEMENTATION(run, "old pointers");
