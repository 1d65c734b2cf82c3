// Reads its input with the policy evict_first: it is used once.
#include "../device_rowsum.cuh"

namespace {

__device__ float4 load_once(const float4* p, std::uint64_t policy) {
  float4 v;
  asm volatile("ld.global.L2::cache_hint.v4.f32 {%0, %1, %2, %3}, [%4], %5;"
               : "=f"(v.x), "=f"(v.y), "=f"(v.z), "=f"(v.w)
               : "l"(p), "l"(policy));
  return v;
}

__global__ void sum_once(const float* in, float* out, int rows, int columns) {
  const int row = static_cast<int>((blockIdx.x * blockDim.x + threadIdx.x) / 32);
  if (row >= rows) return;
  std::uint64_t policy;
  asm volatile("createpolicy.fractional.L2::evict_first.b64 %0, 1.0;" : "=l"(policy));
  const auto* values =
      reinterpret_cast<const float4*>(in + static_cast<std::int64_t>(row) * columns);
  float sum = 0;
  for (int i = static_cast<int>(threadIdx.x % 32); i < columns / 4; i += 32) {
    const float4 v = load_once(values + i, policy);
    sum += (v.x + v.y) + (v.z + v.w);
  }
  sum = corpus::sum_of_warp(sum);
  if (threadIdx.x % 32 == 0) out[row] = sum;
}

void run(const aisp::Launch& launch) {
  const corpus::Rows job(launch);
  sum_once<<<corpus::blocks_of(job.rows, 8), 256, 0, corpus::stream_of(launch)>>>(
      job.in, job.out, job.rows, job.columns);
  corpus::check(cudaGetLastError());
}

}  // namespace

AISP_IMPLEMENTATION(run, "evicts first");
