// The graph, with edges that let a node start while the one before it ends (programmatic dependent
// launch, sm_90 and later): its blocks are on the multiprocessors already, and wait there for the values. So
// what is left of a step is its own latency.
#include <kernels/cuda_check.cuh>

#include "step_graph.cuh"

namespace {

class Overlapped : public aisp::ch12::StepGraph<true> {
 public:
  explicit Overlapped(const aisp::Launch& launch) : StepGraph(checked(launch)) {}

 private:
  static const aisp::Launch& checked(const aisp::Launch& launch) {
    int device = 0, major = 0;
    aisp::kernels::check(cudaGetDevice(&device), "cudaGetDevice");
    aisp::kernels::check(cudaDeviceGetAttribute(&major, cudaDevAttrComputeCapabilityMajor, device),
                         "cudaDeviceGetAttribute");
    aisp::kernels::require(major >= 9, "edges of this kind need compute capability 9.0");
    return launch;
  }
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Overlapped, "one graph, each node started while the one before ends");
