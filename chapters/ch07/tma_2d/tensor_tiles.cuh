// Two-dimensional tiles by the tensor memory accelerator (compute capability 9.0 and later): one thread
// names a corner, the hardware computes addresses, fetches the box, writes zeros where it hangs over
// the edge, and reports the bytes to a barrier in shared memory.
//
// Source: PTX ISA, cp.async.bulk.tensor and mbarrier; CUDA driver API, cuTensorMapEncodeTiled.
#pragma once

#include <cuda.h>
#include <cuda_runtime.h>
#include <kernels/cuda_check.cuh>

#include <cstdint>

namespace aisp::ch07 {

// Throws where the device has no tensor memory accelerator.
inline void require_tensor_memory_accelerator() {
  int device = 0, major = 0;
  kernels::check(cudaGetDevice(&device), "cudaGetDevice");
  kernels::check(cudaDeviceGetAttribute(&major, cudaDevAttrComputeCapabilityMajor, device),
                 "cudaDevAttrComputeCapabilityMajor");
  kernels::require(major >= 9, "not run: needs compute capability 9.0 (tensor memory accelerator)");
}

// What the hardware needs to know about image[rows, columns] (row-major, columns a multiple of 4) and
// boxes of box_rows x box_columns (at most 256 each, columns a multiple of 4).
class TensorMaps {
 public:
  TensorMaps() {
    require_tensor_memory_accelerator();
    void* function = nullptr;
    cudaDriverEntryPointQueryResult found;
    kernels::check(cudaGetDriverEntryPointByVersion("cuTensorMapEncodeTiled", &function, 12000,
                                                    cudaEnableDefault, &found),
                   "cudaGetDriverEntryPointByVersion");
    kernels::require(found == cudaDriverEntryPointSuccess, "no cuTensorMapEncodeTiled");
    encode_ = reinterpret_cast<Encode>(function);
  }

  CUtensorMap of(const float* image, int rows, int columns, int box_rows, int box_columns) const {
    CUtensorMap map;
    const cuuint64_t extents[] = {static_cast<cuuint64_t>(columns), static_cast<cuuint64_t>(rows)};
    const cuuint64_t row_bytes[] = {static_cast<cuuint64_t>(columns) * sizeof(float)};
    const cuuint32_t box[] = {static_cast<cuuint32_t>(box_columns),
                              static_cast<cuuint32_t>(box_rows)};
    const cuuint32_t every[] = {1, 1};
    const CUresult result =
        encode_(&map, CU_TENSOR_MAP_DATA_TYPE_FLOAT32, 2, const_cast<float*>(image), extents,
                row_bytes, box, every, CU_TENSOR_MAP_INTERLEAVE_NONE, CU_TENSOR_MAP_SWIZZLE_NONE,
                CU_TENSOR_MAP_L2_PROMOTION_L2_256B, CU_TENSOR_MAP_FLOAT_OOB_FILL_NONE);
    kernels::require(result == CUDA_SUCCESS, "cuTensorMapEncodeTiled refused the tensor");
    return map;
  }

 private:
  using Encode = decltype(&cuTensorMapEncodeTiled);
  Encode encode_ = nullptr;
};

__device__ __forceinline__ unsigned shared_address(const void* p) {
  return static_cast<unsigned>(__cvta_generic_to_shared(p));
}

// Barriers: made by one thread, then fence and __syncthreads before anybody uses them.
__device__ __forceinline__ void make_barrier(std::uint64_t* barrier, unsigned arrivals) {
  asm volatile("mbarrier.init.shared::cta.b64 [%0], %1;" ::"r"(shared_address(barrier)),
               "r"(arrivals)
               : "memory");
}
__device__ __forceinline__ void fence_barriers() {
  asm volatile("fence.mbarrier_init.release.cluster;" ::: "memory");
}

// Waits until phase `parity` of the barrier is over.
__device__ __forceinline__ void wait_barrier(std::uint64_t* barrier, unsigned parity) {
  asm volatile(
      "{\n"
      ".reg .pred done;\n"
      "again:\n"
      "mbarrier.try_wait.parity.shared::cta.b64 done, [%0], %1;\n"
      "@!done bra again;\n"
      "}\n" ::"r"(shared_address(barrier)),
      "r"(parity)
      : "memory");
}

// One thread: `bytes` of box at (row, column) of the image to `to` (aligned to 128 bytes); the barrier's
// phase ends when they are there.
__device__ __forceinline__ void fetch_box(float* to, const CUtensorMap* map, int row, int column,
                                          unsigned bytes, std::uint64_t* barrier) {
  const unsigned at = shared_address(barrier);
  asm volatile("mbarrier.arrive.expect_tx.shared::cta.b64 _, [%0], %1;" ::"r"(at), "r"(bytes)
               : "memory");
  asm volatile(
      "cp.async.bulk.tensor.2d.shared::cluster.global.tile.mbarrier::complete_tx::bytes "
      "[%0], [%1, {%2, %3}], [%4];" ::"r"(shared_address(to)),
      "l"(map), "r"(column), "r"(row), "r"(at)
      : "memory");
}

}  // namespace aisp::ch07
