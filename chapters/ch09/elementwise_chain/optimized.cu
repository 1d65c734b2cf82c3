// One launch: the seven operations on an element happen between its loads and its store. Its accesses are
// those of the baseline.
#include <aisp/implementation.h>

#include <cstdint>

#include "map.cuh"

namespace {

struct Chain {
  const float4* x;
  const float4* g;
  float scale, shift;
  float4* y;

  __device__ float of(float v, float gate) const {
    const float u = scale * v + shift;
    return v + gate * (u / (1 + fabsf(u)));
  }
  __device__ void operator()(std::int64_t i) const {
    const float4 v = x[i], f = g[i];
    y[i] = make_float4(of(v.x, f.x), of(v.y, f.y), of(v.z, f.z), of(v.w, f.w));
  }
};

void run(const aisp::Launch& launch) {
  const auto n = static_cast<std::int64_t>(launch.output_tensor(0).elements);
  aisp::kernels::require(n % 4 == 0, "an array of whole 16-byte vectors");
  chain::launch_map(launch.stream<cudaStream_t>(), n / 4,
                    Chain{launch.input<float4>(0), launch.input<float4>(1),
                          static_cast<float>(launch.param("scale")),
                          static_cast<float>(launch.param("shift")), launch.output<float4>(0)});
}

}  // namespace

AISP_IMPLEMENTATION(run, "one launch, all operations in registers");
