// Copies from global to shared memory that pass no register and wait for nobody (cp.async).
#pragma once

#include <cuda_runtime.h>

namespace aisp::kernels {

// Both aligned to 16 bytes; past the L1.
__device__ __forceinline__ void copy_16_bytes(void* shared, const void* global) {
  const auto address = static_cast<unsigned>(__cvta_generic_to_shared(shared));
  asm volatile("cp.async.cg.shared.global [%0], [%1], 16;" ::"r"(address), "l"(global) : "memory");
}

// All copies since the last commit become one group.
__device__ __forceinline__ void commit_copies() {
  asm volatile("cp.async.commit_group;" ::: "memory");
}

// Until at most kPending groups of this thread are under way.
template <int kPending>
__device__ __forceinline__ void wait_for_copies() {
  asm volatile("cp.async.wait_group %0;" ::"n"(kPending) : "memory");
}

}  // namespace aisp::kernels
