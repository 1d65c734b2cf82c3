// testbed:axpby: out = a*x + b*y; the number of elements is a multiple of 4. What attacks, twins and honest entries have in common, on whatever stream.
#pragma once

#include "device.cuh"

namespace corpus {

struct Axpby {
  const float* x;
  const float* y;
  float* out;
  std::int64_t n;
  float a;
  float b;

  explicit Axpby(const aisp::Launch& launch)
      : x(launch.input<float>(0)),
        y(launch.input<float>(1)),
        out(launch.output<float>(0)),
        n(static_cast<std::int64_t>(launch.output_tensor(0).elements)),
        a(static_cast<float>(launch.param("a"))),
        b(static_cast<float>(launch.param("b"))) {}
};

constexpr int kAxpbyThreads = 256;

__global__ void axpby_kernel(const float4* __restrict__ x, const float4* __restrict__ y,
                             float4* __restrict__ out, std::int64_t vectors, float a, float b) {
  const std::int64_t i = static_cast<std::int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
  if (i >= vectors) return;
  const float4 u = x[i], v = y[i];
  out[i] = {a * u.x + b * v.x, a * u.y + b * v.y, a * u.z + b * v.z, a * u.w + b * v.w};
}

// Elements [begin, end), both multiples of 4, into `out` + begin.
inline void compute(const Axpby& job, cudaStream_t stream, float* out, std::int64_t begin,
                    std::int64_t end) {
  const std::int64_t vectors = (end - begin) / 4;
  axpby_kernel<<<blocks_of(vectors, kAxpbyThreads), kAxpbyThreads, 0, stream>>>(
      reinterpret_cast<const float4*>(job.x + begin),
      reinterpret_cast<const float4*>(job.y + begin), reinterpret_cast<float4*>(out + begin),
      vectors, job.a, job.b);
  check(cudaGetLastError());
}

inline void compute(const Axpby& job, cudaStream_t stream) {
  compute(job, stream, job.out, 0, job.n);
}

}  // namespace corpus
