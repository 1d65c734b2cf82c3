// A graph of two nodes: a kernel that decides, and a conditional node whose body computes a*x + b*y.
#pragma once

#include "../device_axpby.cuh"

namespace corpus {

struct AxpbyOnDevice {
  const float4* x;
  const float4* y;
  float4* out;
  std::int64_t vectors;
  float a, b;
};

__device__ AxpbyOnDevice the_job;

__global__ void conditional_axpby() {
  const AxpbyOnDevice job = the_job;
  const std::int64_t step = static_cast<std::int64_t>(gridDim.x) * blockDim.x;
  for (std::int64_t i = static_cast<std::int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
       i < job.vectors; i += step) {
    const float4 u = job.x[i], v = job.y[i];
    job.out[i] = {job.a * u.x + job.b * v.x, job.a * u.y + job.b * v.y, job.a * u.z + job.b * v.z,
                  job.a * u.w + job.b * v.w};
  }
}

class ConditionalGraph {
 public:
  using Decide = void (*)(AxpbyOnDevice, cudaGraphConditionalHandle);

  // `decide` is a kernel of 64 threads that sets the condition; it is run first.
  explicit ConditionalGraph(Decide decide) {
    // Loads both, which a capture may not allow.
    cudaFuncAttributes attributes;
    check(cudaFuncGetAttributes(&attributes, conditional_axpby));
    check(cudaFuncGetAttributes(&attributes, reinterpret_cast<const void*>(decide)));
    check(cudaGraphCreate(&graph_, 0));
    check(cudaGraphConditionalHandleCreate(&condition_, graph_, 1, cudaGraphCondAssignDefault));
    AxpbyOnDevice job{};
    void* arguments[] = {&job, &condition_};
    cudaKernelNodeParams first{};
    first.func = reinterpret_cast<void*>(decide);
    first.gridDim = dim3(1);
    first.blockDim = dim3(64);
    first.kernelParams = arguments;
    check(cudaGraphAddKernelNode(&decide_, graph_, nullptr, 0, &first));
    cudaGraphNodeParams branch{};
    branch.type = cudaGraphNodeTypeConditional;
    branch.conditional.handle = condition_;
    branch.conditional.type = cudaGraphCondTypeIf;
    branch.conditional.size = 1;
    cudaGraphNode_t node = nullptr;
    check(cudaGraphAddNode(&node, graph_, &decide_, nullptr, 1, &branch));
    cudaKernelNodeParams body{};
    body.func = reinterpret_cast<void*>(conditional_axpby);
    body.gridDim = dim3(1056);
    body.blockDim = dim3(256);
    cudaGraphNode_t compute = nullptr;
    check(cudaGraphAddKernelNode(&compute, branch.conditional.phGraph_out[0], nullptr, 0, &body));
    check(cudaGraphInstantiate(&exec_, graph_, 0));
  }
  ~ConditionalGraph() {
    cudaGraphExecDestroy(exec_);
    cudaGraphDestroy(graph_);
  }
  ConditionalGraph(const ConditionalGraph&) = delete;
  ConditionalGraph& operator=(const ConditionalGraph&) = delete;

  void launch(const Axpby& job, cudaStream_t stream) {
    AxpbyOnDevice on_device = {reinterpret_cast<const float4*>(job.x),
                               reinterpret_cast<const float4*>(job.y),
                               reinterpret_cast<float4*>(job.out),
                               job.n / 4,
                               job.a,
                               job.b};
    cudaKernelNodeParams params{};
    check(cudaGraphKernelNodeGetParams(decide_, &params));
    void* arguments[] = {&on_device, &condition_};
    params.kernelParams = arguments;
    check(cudaGraphExecKernelNodeSetParams(exec_, decide_, &params));
    check(cudaGraphLaunch(exec_, stream));
  }

 private:
  cudaGraph_t graph_ = nullptr;
  cudaGraphNode_t decide_ = nullptr;
  cudaGraphConditionalHandle condition_{};
  cudaGraphExec_t exec_ = nullptr;
};

}  // namespace corpus
