// A graph whose only kernel launches another graph from the device, as a sibling that this one does not wait for: the
// work is asked for by the GPU itself, between no marks, and the host's launch is over at once.
#include "../device_chain.cuh"
#include "../outcome.h"

namespace {

constexpr int kGraphs = 16;  // a graph that runs cannot be launched again

struct Job {
  const std::int64_t* words;
  std::int64_t n;
  std::int32_t* out;
};

__device__ Job jobs[kGraphs];

__global__ void __launch_bounds__(corpus::kChainThreads) work(int i) {
  const Job job = jobs[i];
  corpus::hash_block(job.words, job.n, job.out);
}

__global__ void launch_work(Job job, int i, cudaGraphExec_t graph) {
  jobs[i] = job;
  __threadfence();
  cudaGraphLaunch(graph, cudaStreamGraphFireAndForgetAsSibling);
}

class Graph {
 public:
  Graph(cudaStream_t stream, int i) : i_(i) {
    const corpus::Stream capture;
    corpus::check(cudaStreamBeginCapture(capture, cudaStreamCaptureModeThreadLocal));
    work<<<1, corpus::kChainThreads, 0, capture>>>(i);
    corpus::check(cudaStreamEndCapture(capture, &work_));
    if (cudaGraphInstantiate(&device_, work_, cudaGraphInstantiateFlagDeviceLaunch) !=
            cudaSuccess ||
        cudaGraphUpload(device_, stream) != cudaSuccess) {
      cudaGetLastError();
      device_ = nullptr;
      return;
    }
    corpus::check(cudaStreamBeginCapture(capture, cudaStreamCaptureModeThreadLocal));
    launch_work<<<1, 1, 0, capture>>>(Job{}, i, device_);
    corpus::check(cudaStreamEndCapture(capture, &launcher_));
    std::size_t one = 1;
    corpus::check(cudaGraphGetNodes(launcher_, &node_, &one));
    corpus::check(cudaGraphInstantiate(&host_, launcher_, 0));
  }
  Graph(const Graph&) = delete;
  Graph& operator=(const Graph&) = delete;

  explicit operator bool() const { return device_ != nullptr; }

  void launch(Job job, cudaStream_t stream) {
    cudaKernelNodeParams params{};
    corpus::check(cudaGraphKernelNodeGetParams(node_, &params));
    void* arguments[] = {&job, &i_, &device_};
    params.kernelParams = arguments;
    corpus::check(cudaGraphExecKernelNodeSetParams(host_, node_, &params));
    corpus::check(cudaGraphLaunch(host_, stream));
  }

 private:
  int i_;
  cudaGraph_t work_ = nullptr, launcher_ = nullptr;
  cudaGraphNode_t node_ = nullptr;
  cudaGraphExec_t device_ = nullptr, host_ = nullptr;
};

class Kernel {
 public:
  explicit Kernel(const aisp::Launch& launch) {
    // Loads both, which a capture may not allow.
    cudaFuncAttributes attributes;
    corpus::check(cudaFuncGetAttributes(&attributes, work));
    corpus::check(cudaFuncGetAttributes(&attributes, launch_work));
    for (int i = 0; i < kGraphs; ++i) graphs_[i] = new Graph(corpus::stream_of(launch), i);
    if (!*graphs_[0]) corpus::declined("no graph can be launched from the device");
  }
  ~Kernel() {
    for (Graph* graph : graphs_) delete graph;
  }
  Kernel(const Kernel&) = delete;
  Kernel& operator=(const Kernel&) = delete;

  void run(const aisp::Launch& launch) {
    const auto stream = corpus::stream_of(launch);
    Graph& graph = *graphs_[calls_++ % kGraphs];
    if (!graph) return corpus::hash(launch, stream);
    graph.launch(
        {launch.input<std::int64_t>(0), static_cast<std::int64_t>(launch.input_tensor(0).elements),
         launch.output<std::int32_t>(0)},
        stream);
  }

 private:
  Graph* graphs_[kGraphs] = {};
  unsigned calls_ = 0;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "graphs that the GPU launches");
