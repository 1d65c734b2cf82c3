// A graph for each set of buffers, made when it is first seen, and replayed on launch.stream.
#include <map>

#include "../../attacks/device_chain.cuh"

namespace {

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {}
  ~Kernel() {
    for (auto& [out, graph] : graphs_) cudaGraphExecDestroy(graph);
  }
  Kernel(const Kernel&) = delete;
  Kernel& operator=(const Kernel&) = delete;

  void run(const aisp::Launch& launch) {
    cudaGraphExec_t& graph = graphs_[launch.output<std::int32_t>(0)];
    if (graph == nullptr) graph = captured(launch);
    corpus::check(cudaGraphLaunch(graph, corpus::stream_of(launch)));
  }

 private:
  cudaGraphExec_t captured(const aisp::Launch& launch) const {
    // Loads the kernel, which a capture may not allow.
    cudaFuncAttributes attributes;
    corpus::check(cudaFuncGetAttributes(&attributes, corpus::chain_kernel));
    cudaGraph_t graph = nullptr;
    cudaGraphExec_t exec = nullptr;
    corpus::check(cudaStreamBeginCapture(capture_, cudaStreamCaptureModeThreadLocal));
    corpus::hash(launch, capture_);
    corpus::check(cudaStreamEndCapture(capture_, &graph));
    corpus::check(cudaGraphInstantiate(&exec, graph, 0));
    corpus::check(cudaGraphDestroy(graph));
    return exec;
  }

  corpus::Stream capture_;
  std::map<const void*, cudaGraphExec_t> graphs_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "graphs by pointer");
