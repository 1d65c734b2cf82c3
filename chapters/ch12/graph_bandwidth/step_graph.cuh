// All steps as one graph, made and uploaded in setup, that optimized.cu and optimized_overlapped.cu launch.
//
// A graph keeps the arguments of its kernels, and the buffers of a call are others each time. So the
// nodes between work on memory of the implementation's own, whose address never changes; only the
// first node (which reads x and takes the tangents along) and the last one (which writes y) get new
// pointers, by two updates of the executable graph before each launch. Updates do not touch launches
// that are under way.
#pragma once

#include <aisp/implementation.h>
#include <kernels/cuda_check.cuh>
#include <kernels/device_buffer.cuh>

#include "rotation.cuh"

namespace aisp::ch12 {

// Step 0, and a copy of all tangents for the steps after it. There are at least as many threads as
// steps.
template <bool kOverlapped>
__global__ void __launch_bounds__(kThreads)
    first_step(int pairs, int steps, const float* tangents, const float* x, float* own_tangents,
               float* out) {
  if constexpr (kOverlapped) let_the_next_step_start();
  const int p = static_cast<int>(blockIdx.x) * kThreads + static_cast<int>(threadIdx.x);
  if (p < steps) own_tangents[p] = tangents[p];
  if (p < pairs) rotate_pair(p, 0, rotation(tangents[0]), x, out);
}

// kOverlapped: a node starts while the one before ends.
template <bool kOverlapped>
class StepGraph {
 public:
  explicit StepGraph(const Launch& launch)
      : pairs_(static_cast<int>(launch.output_tensor(0).elements / 2)),
        steps_(static_cast<int>(launch.input_tensor(1).elements)),
        log_n_(log2_of(2 * pairs_)),
        values_(2 * pairs_),
        tangents_(steps_) {
    kernels::require(steps_ >= 2 && steps_ <= pairs_, "this graph needs 2 to n / 2 steps");
    kernels::check(cudaGraphCreate(&graph_, 0), "cudaGraphCreate");
    // The first and the last node get real pointers in run().
    first_ = add(nullptr, first_node(tangents_.data(), values_.data()));
    cudaGraphNode_t before = first_;
    for (int s = 1; s < steps_; ++s) before = add(before, step_node(s, values_.data()));
    last_ = before;
    kernels::check(cudaGraphInstantiate(&graph_exec_, graph_, 0), "cudaGraphInstantiate");
    kernels::check(cudaGraphUpload(graph_exec_, launch.stream<cudaStream_t>()), "cudaGraphUpload");
    kernels::check(cudaStreamSynchronize(launch.stream<cudaStream_t>()), "cudaGraphUpload");
  }
  ~StepGraph() {
    if (graph_exec_ != nullptr) cudaGraphExecDestroy(graph_exec_);
    if (graph_ != nullptr) cudaGraphDestroy(graph_);
  }

  void run(const Launch& launch) {
    update(first_, first_node(launch.input<float>(1), launch.input<float>(0)));
    update(last_, step_node(steps_ - 1, launch.output<float>(0)));
    kernels::check(cudaGraphLaunch(graph_exec_, launch.stream<cudaStream_t>()), "cudaGraphLaunch");
  }

 private:
  // The arguments of one kernel, in the order of its parameters.
  struct Node {
    void* kernel;
    int a;
    int b;
    const float* p;
    const float* q;
    float* r;
    float* s;
  };
  Node first_node(const float* tangents, const float* x) const {
    return {reinterpret_cast<void*>(first_step<kOverlapped>),
            pairs_,
            steps_,
            tangents,
            x,
            tangents_.data(),
            values_.data()};
  }
  Node step_node(int step, float* out) const {
    return {reinterpret_cast<void*>(kOverlapped ? rotate_overlapped : rotate),
            pairs_,
            step % log_n_,
            tangents_.data() + step,
            values_.data(),
            out,
            nullptr};
  }

  template <class F>
  void with_params(const Node& node, F&& f) const {
    Node copy = node;
    // Both kernels take (int, int, const float*, const float*, float*), the first one float* more.
    void* arguments[] = {&copy.a, &copy.b, &copy.p, &copy.q, &copy.r, &copy.s};
    cudaKernelNodeParams params{};
    params.func = copy.kernel;
    params.gridDim = dim3((pairs_ + kThreads - 1) / kThreads);
    params.blockDim = dim3(kThreads);
    params.kernelParams = arguments;
    f(params);
  }
  cudaGraphNode_t add(cudaGraphNode_t before, const Node& node) {
    cudaGraphNode_t added = nullptr;
    with_params(node, [&](const cudaKernelNodeParams& params) {
      kernels::check(cudaGraphAddKernelNode(&added, graph_, nullptr, 0, &params),
                     "cudaGraphAddKernelNode");
    });
    if (before == nullptr) return added;
    cudaGraphEdgeData edge{};
    if (kOverlapped) {
      edge.type = cudaGraphDependencyTypeProgrammatic;
      edge.from_port = cudaGraphKernelNodePortProgrammatic;
    }
    kernels::check(cudaGraphAddDependencies(graph_, &before, &added, &edge, 1),
                   "cudaGraphAddDependencies");
    return added;
  }
  void update(cudaGraphNode_t which, const Node& node) {
    with_params(node, [&](const cudaKernelNodeParams& params) {
      kernels::check(cudaGraphExecKernelNodeSetParams(graph_exec_, which, &params),
                     "cudaGraphExecKernelNodeSetParams");
    });
  }

  int pairs_;
  int steps_;
  int log_n_;
  kernels::DeviceBuffer<float> values_;
  kernels::DeviceBuffer<float> tangents_;
  cudaGraph_t graph_ = nullptr;
  cudaGraphExec_t graph_exec_ = nullptr;
  cudaGraphNode_t first_ = nullptr;
  cudaGraphNode_t last_ = nullptr;
};

}  // namespace aisp::ch12
