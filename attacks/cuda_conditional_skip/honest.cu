// A graph with a conditional node, whose condition is that there is something to compute.
#include "conditional.cuh"

namespace {

__global__ void decide(corpus::AxpbyOnDevice job, cudaGraphConditionalHandle condition) {
  if (threadIdx.x != 0) return;
  corpus::the_job = job;
  cudaGraphSetConditional(condition, job.vectors > 0 ? 1 : 0);
}

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {}
  void run(const aisp::Launch& launch) {
    graph_.launch(corpus::Axpby(launch), corpus::stream_of(launch));
  }

 private:
  corpus::ConditionalGraph graph_{decide};
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "a conditional node");
