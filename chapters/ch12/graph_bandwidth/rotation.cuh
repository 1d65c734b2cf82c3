// One step, a thread for each pair: the kernel that the implementations share.
#pragma once

#include <cuda_runtime.h>

namespace aisp::ch12 {

inline constexpr int kThreads = 256;

struct Rotation {
  float c, d;
};

__device__ __forceinline__ Rotation rotation(float t) {
  const float scale = 1 / (1 + t * t);
  return {(1 - t * t) * scale, 2 * t * scale};
}

// Pair p of step m = 2^log_m: elements j and j + m, j = p with a zero put in at bit log_m.
__device__ __forceinline__ void rotate_pair(int p, int log_m, Rotation r, const float* in,
                                            float* out) {
  const int m = 1 << log_m;
  const int j = (p >> log_m << (log_m + 1)) | (p & (m - 1));
  const float a = in[j], b = in[j + m];
  out[j] = r.c * a - r.d * b;
  out[j + m] = r.d * a + r.c * b;
}

// out may be in.
__global__ void __launch_bounds__(kThreads)
    rotate(int pairs, int log_m, const float* tangent, const float* in, float* out) {
  const int p = static_cast<int>(blockIdx.x) * kThreads + static_cast<int>(threadIdx.x);
  if (p < pairs) rotate_pair(p, log_m, rotation(*tangent), in, out);
}

// The blocks of the kernel that depends on this one may start.
__device__ __forceinline__ void let_the_next_step_start() {
#if __CUDA_ARCH__ >= 900
  asm volatile("griddepcontrol.launch_dependents;");
#endif
}

// Until the kernel that this one depends on has ended, and what it has written can be seen.
__device__ __forceinline__ void wait_for_the_step_before() {
#if __CUDA_ARCH__ >= 900
  asm volatile("griddepcontrol.wait;" ::: "memory");
#endif
}

// The same step, started early. Nothing is read before the wait: the first step writes the tangents.
__global__ void __launch_bounds__(kThreads)
    rotate_overlapped(int pairs, int log_m, const float* tangent, const float* in, float* out) {
  let_the_next_step_start();
  wait_for_the_step_before();
  const int p = static_cast<int>(blockIdx.x) * kThreads + static_cast<int>(threadIdx.x);
  if (p < pairs) rotate_pair(p, log_m, rotation(*tangent), in, out);
}

// log2 of a power of two.
constexpr int log2_of(int n) { return n <= 1 ? 0 : 1 + log2_of(n / 2); }

}  // namespace aisp::ch12
