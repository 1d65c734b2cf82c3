// Barriers in shared memory that count arrivals of threads and bytes of copies (mbarrier), and clusters of
// blocks that reach each other's. A barrier's phases alternate between parity 0 and 1, from 0; to wait for
// parity 1 of a fresh barrier returns at once, as if a phase before the first one had ended.
//
// Source: PTX ISA, "mbarrier", "barrier.cluster", "mapa".
#pragma once

#include <cuda_runtime.h>

#include <cstdint>

namespace aisp::kernels {

__device__ __forceinline__ unsigned shared_address(const void* p) {
  return static_cast<unsigned>(__cvta_generic_to_shared(p));
}

// By one thread, for all barriers; then fence_barriers() in that thread, and __syncthreads() or, where other
// blocks use them, cluster_sync().
__device__ __forceinline__ void make_barrier(std::uint64_t* barrier, unsigned arrivals) {
  asm volatile("mbarrier.init.shared::cta.b64 [%0], %1;" ::"r"(shared_address(barrier)),
               "r"(arrivals)
               : "memory");
}
__device__ __forceinline__ void fence_barriers() {
  asm volatile("fence.mbarrier_init.release.cluster;" ::: "memory");
}

// Waits until the phase of this parity is over. Acquires what threads of the cluster released.
__device__ __forceinline__ void wait_barrier(std::uint64_t* barrier, unsigned parity) {
  asm volatile(
      "{\n"
      ".reg .pred done;\n"
      "again:\n"
      "mbarrier.try_wait.parity.acquire.cluster.shared::cta.b64 done, [%0], %1;\n"
      "@!done bra again;\n"
      "}\n" ::"r"(shared_address(barrier)),
      "r"(parity)
      : "memory");
}

__device__ __forceinline__ void arrive(std::uint64_t* barrier) {
  asm volatile("mbarrier.arrive.shared::cta.b64 _, [%0];" ::"r"(shared_address(barrier))
               : "memory");
}
// On the barrier at the same place in the block of that rank in the cluster. Says that reads which are complete
// (wgmma_wait) are so, and publishes no writes. Without qualifiers, therefore: `.release.cluster` is compiled to a fence of
// the whole GPU (MEMBAR), for which each warp would wait after each slice.
__device__ __forceinline__ void arrive_at(std::uint64_t* barrier, unsigned rank) {
  asm volatile(
      "{\n"
      ".reg .b32 there;\n"
      "mapa.shared::cluster.u32 there, %0, %1;\n"
      "mbarrier.arrive.shared::cluster.b64 _, [there];\n"
      "}\n" ::"r"(shared_address(barrier)),
      "r"(rank)
      : "memory");
}
// Arrives, and makes the phase last until so many more bytes have come.
__device__ __forceinline__ void arrive_and_expect(std::uint64_t* barrier, unsigned bytes) {
  asm volatile(
      "mbarrier.arrive.expect_tx.shared::cta.b64 _, [%0], %1;" ::"r"(shared_address(barrier)),
      "r"(bytes)
      : "memory");
}

__device__ __forceinline__ unsigned cluster_rank() {
  unsigned rank;
  asm volatile("mov.u32 %0, %%cluster_ctarank;" : "=r"(rank));
  return rank;
}
// All threads of all blocks of the cluster.
__device__ __forceinline__ void cluster_sync() {
  asm volatile(
      "barrier.cluster.arrive.release;\n"
      "barrier.cluster.wait.acquire;\n" ::
          : "memory");
}

}  // namespace aisp::kernels
