// An implementation for gpu_worker_test.cpp: honest in a few ways, and not so in others.
#include <cuda_runtime.h>

#include <cstdio>
#include <stdexcept>
#include <string>
#include <thread>

#include "aisp/implementation.h"
#include "gpu_kernels.h"

namespace {

using aisp::testing::GpuMode;

void check(cudaError_t code, const char* what) {
  if (code != cudaSuccess)
    throw std::runtime_error(std::string(what) + ": " + cudaGetErrorName(code));
}

__device__ unsigned long long global_ns() {
  unsigned long long t;
  asm volatile("mov.u64 %0, %%globaltimer;" : "=l"(t));
  return t;
}

__global__ void axpy(const float* x, const float* y, float* out, int n,
                     unsigned long long spin_ns) {
  if (spin_ns > 0) {
    const unsigned long long begin = global_ns();
    while (global_ns() - begin < spin_ns) {
    }
  }
  for (int i = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x); i < n;
       i += static_cast<int>(gridDim.x * blockDim.x))
    out[i] = 2.0f * x[i] + y[i];
}

__global__ void scribble(float* x, int n) {
  for (int i = static_cast<int>(threadIdx.x); i < n; i += static_cast<int>(blockDim.x)) x[i] = -1;
}

__global__ void read_address(const float* at, float* out) { out[0] = at[0]; }

class Kernels {
 public:
  explicit Kernels(const aisp::Launch& launch)
      : mode_(static_cast<GpuMode>(static_cast<int>(launch.param("mode")))),
        value_(static_cast<unsigned long long>(launch.param("value"))) {
    if (mode_ == GpuMode::side_stream)
      check(cudaStreamCreateWithFlags(&side_, cudaStreamNonBlocking), "make a stream");
  }

  void run(const aisp::Launch& launch) {
    const float* x = launch.input<float>(0);
    const float* y = launch.input<float>(1);
    float* out = launch.output<float>(0);
    const int n = static_cast<int>(launch.input_tensor(0).elements);
    auto stream = launch.stream<cudaStream_t>();
    switch (mode_) {
      case GpuMode::axpy: enqueue(x, y, out, n, 0, stream); break;
      case GpuMode::spins: enqueue(x, y, out, n, value_, stream); break;
      case GpuMode::side_stream: enqueue(x, y, out, n, value_, side_); break;
      case GpuMode::side_thread: {
        std::thread([&] { enqueue(x, y, out, n, value_, stream); }).join();
        break;
      }
      case GpuMode::own_things: own_things(x, y, out, n, stream); break;
      case GpuMode::writes_inputs:
        scribble<<<1, 256, 0, stream>>>(const_cast<float*>(x), n);
        enqueue(x, y, out, n, 0, stream);
        break;
      case GpuMode::illegal_address:
        read_address<<<1, 1, 0, stream>>>(reinterpret_cast<const float*>(8), out);
        break;
    }
  }

 private:
  static void enqueue(const float* x, const float* y, float* out, int n, unsigned long long spin_ns,
                      cudaStream_t stream) {
    const int blocks = spin_ns == 0 ? 132 : 8;
    axpy<<<blocks, 256, 0, stream>>>(x, y, out, n, spin_ns);
    check(cudaGetLastError(), "launch axpy");
  }

  // All that an implementation may want after the lockdown.
  static void own_things(const float* x, const float* y, float* out, int n, cudaStream_t stream) {
    const std::size_t bytes = static_cast<std::size_t>(n) * sizeof(float);
    float* device = nullptr;
    float* pinned = nullptr;
    check(cudaMalloc(&device, 64 << 20), "cudaMalloc");
    check(cudaMallocHost(&pinned, bytes), "cudaMallocHost");
    cudaStream_t own;
    check(cudaStreamCreate(&own), "cudaStreamCreate");
    cudaEvent_t event;
    check(cudaEventCreate(&event), "cudaEventCreate");
    check(cudaMemcpyAsync(pinned, x, bytes, cudaMemcpyDeviceToHost, own), "copy to the host");
    check(cudaMemcpyAsync(device, pinned, bytes, cudaMemcpyHostToDevice, own), "copy back");
    check(cudaEventRecord(event, own), "cudaEventRecord");
    check(cudaStreamWaitEvent(stream, event, 0), "cudaStreamWaitEvent");
    cudaGraph_t graph;
    check(cudaStreamBeginCapture(stream, cudaStreamCaptureModeThreadLocal), "begin a graph");
    enqueue(device, y, out, n, 0, stream);
    check(cudaStreamEndCapture(stream, &graph), "end a graph");
    cudaGraphExec_t executable;
    check(cudaGraphInstantiate(&executable, graph, 0), "instantiate a graph");
    check(cudaStreamSynchronize(own), "wait for the copies");
    check(cudaGraphLaunch(executable, stream), "launch a graph");
    check(cudaStreamSynchronize(stream), "wait for the graph");
    float* ordered = nullptr;
    check(cudaMallocAsync(&ordered, 1 << 20, stream), "cudaMallocAsync");
    check(cudaMemsetAsync(ordered, 0, 1 << 20, stream), "cudaMemsetAsync");
    check(cudaFreeAsync(ordered, stream), "cudaFreeAsync");
    check(cudaGraphExecDestroy(executable), "destroy a graph");
    check(cudaGraphDestroy(graph), "destroy a graph");
    check(cudaEventDestroy(event), "destroy an event");
    check(cudaStreamDestroy(own), "destroy a stream");
    check(cudaFreeHost(pinned), "cudaFreeHost");
    check(cudaFree(device), "cudaFree");
  }

  GpuMode mode_;
  unsigned long long value_;
  cudaStream_t side_ = nullptr;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernels, "out = 2 x + y, and more");
