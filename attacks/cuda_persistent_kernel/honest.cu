// As many blocks as the GPU holds, which loop over the elements and end inside their call.
#include "../device.cuh"

namespace {

__global__ void loop(const float4* __restrict__ x, const float4* __restrict__ y,
                     float4* __restrict__ out, std::int64_t vectors, float a, float b) {
  const std::int64_t step = static_cast<std::int64_t>(gridDim.x) * blockDim.x;
  for (std::int64_t i = static_cast<std::int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
       i < vectors; i += step) {
    const float4 u = x[i], v = y[i];
    out[i] = {a * u.x + b * v.x, a * u.y + b * v.y, a * u.z + b * v.z, a * u.w + b * v.w};
  }
}

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {
    int processors = 0, per_processor = 0;
    corpus::check(cudaDeviceGetAttribute(&processors, cudaDevAttrMultiProcessorCount, 0));
    corpus::check(cudaOccupancyMaxActiveBlocksPerMultiprocessor(&per_processor, loop, kThreads, 0));
    blocks_ = static_cast<unsigned>(processors * per_processor);
  }
  void run(const aisp::Launch& launch) {
    const corpus::Axpby job(launch);
    loop<<<blocks_, kThreads, 0, corpus::stream_of(launch)>>>(
        reinterpret_cast<const float4*>(job.x), reinterpret_cast<const float4*>(job.y),
        reinterpret_cast<float4*>(job.out), job.n / 4, job.a, job.b);
    corpus::check(cudaGetLastError());
  }

 private:
  static constexpr int kThreads = 256;
  unsigned blocks_ = 0;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "a kernel that loops");
