// Elementwise operations on arrays of float4, one vector for each thread: what both sides launch.
#pragma once

#include <kernels/cuda_check.cuh>

#include <cstdint>

namespace chain {

constexpr int kThreads = 256;

// operation(i) for each i < n.
template <class Operation>
__global__ void __launch_bounds__(kThreads) map(std::int64_t n, Operation operation) {
  const std::int64_t i = static_cast<std::int64_t>(blockIdx.x) * kThreads + threadIdx.x;
  if (i < n) operation(i);
}

template <class Operation>
void launch_map(cudaStream_t stream, std::int64_t n, const Operation& operation) {
  const auto blocks = static_cast<unsigned>((n + kThreads - 1) / kThreads);
  map<<<blocks, kThreads, 0, stream>>>(n, operation);
  aisp::kernels::check_launch("map");
}

}  // namespace chain
