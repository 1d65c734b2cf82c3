// Tiles of bf16 matrices by the tensor memory accelerator, laid out for wgmma (compute capability 9.0).
//
// A tile is panels of 64 columns, one behind the other; a row of a panel is 128 bytes, in which the 16-byte
// pieces are swizzled (wgmma.cuh). To the hardware a row-major matrix [rows, columns] is a tensor of
// three dimensions, fastest first: 64 columns, rows, panels. One instruction fetches a tile of several panels.
//
// Source: CUDA driver API, cuTensorMapEncodeTiled; PTX ISA, cp.async.bulk.tensor.
#pragma once

#include <cuda.h>
#include <cuda_runtime.h>

#include <cstdint>

#include "cuda_check.cuh"
#include "mbarrier.cuh"

namespace aisp::kernels {

inline constexpr int kPanelColumns = 64;
inline constexpr int kPanelRowBytes = 128;

// The driver's function that makes tensor maps, found through the runtime: libcuda is not linked. A map holds
// an address, and costs about a microsecond: it is made for each call.
class TensorMaps {
 public:
  TensorMaps() {
    void* function = nullptr;
    cudaDriverEntryPointQueryResult found;
    check(cudaGetDriverEntryPointByVersion("cuTensorMapEncodeTiled", &function, 12000,
                                           cudaEnableDefault, &found),
          "cudaGetDriverEntryPointByVersion");
    require(found == cudaDriverEntryPointSuccess, "no cuTensorMapEncodeTiled");
    encode_ = reinterpret_cast<Encode>(function);
  }

  // Boxes of box_rows (at most 256) x box_panels of a bf16 matrix whose address is a multiple of 16.
  CUtensorMap panels(const void* matrix, std::int64_t rows, std::int64_t columns, int box_rows,
                     int box_panels) const {
    require(columns % kPanelColumns == 0, "the copy engine's panels have 64 columns");
    CUtensorMap map;
    const cuuint64_t extents[] = {kPanelColumns, static_cast<cuuint64_t>(rows),
                                  static_cast<cuuint64_t>(columns / kPanelColumns)};
    // From a row to the next, from a panel to the next; the first dimension's stride is the element.
    const cuuint64_t strides[] = {static_cast<cuuint64_t>(columns) * 2, kPanelRowBytes};
    const cuuint32_t box[] = {kPanelColumns, static_cast<cuuint32_t>(box_rows),
                              static_cast<cuuint32_t>(box_panels)};
    const cuuint32_t every[] = {1, 1, 1};
    const CUresult result =
        encode_(&map, CU_TENSOR_MAP_DATA_TYPE_BFLOAT16, 3, const_cast<void*>(matrix), extents,
                strides, box, every, CU_TENSOR_MAP_INTERLEAVE_NONE, CU_TENSOR_MAP_SWIZZLE_128B,
                CU_TENSOR_MAP_L2_PROMOTION_L2_256B, CU_TENSOR_MAP_FLOAT_OOB_FILL_NONE);
    require(result == CUDA_SUCCESS, "cuTensorMapEncodeTiled refused the tensor");
    return map;
  }

 private:
  using Encode = decltype(&cuTensorMapEncodeTiled);
  Encode encode_ = nullptr;
};

// One thread: the box at (row, panel) to `to` (a multiple of 1024 bytes); its bytes count on the barrier.
__device__ __forceinline__ void fetch_tile(void* to, const CUtensorMap* map, int row, int panel,
                                           std::uint64_t* barrier) {
  asm volatile(
      "cp.async.bulk.tensor.3d.shared::cluster.global.tile.mbarrier::complete_tx::bytes "
      "[%0], [%1, {%2, %3, %4}], [%5];" ::"r"(shared_address(to)),
      "l"(map), "r"(0), "r"(row), "r"(panel), "r"(shared_address(barrier))
      : "memory");
}
// The same to all blocks of the cluster whose bit is set in `blocks`, at the same place in each, counted on
// the barrier at the same place in each.
__device__ __forceinline__ void fetch_tile_for(unsigned short blocks, void* to,
                                               const CUtensorMap* map, int row, int panel,
                                               std::uint64_t* barrier) {
  asm volatile(
      "cp.async.bulk.tensor.3d.shared::cluster.global.tile.mbarrier::complete_tx::bytes"
      ".multicast::cluster [%0], [%1, {%2, %3, %4}], [%5], %6;" ::"r"(shared_address(to)),
      "l"(map), "r"(0), "r"(row), "r"(panel), "r"(shared_address(barrier)), "h"(blocks)
      : "memory");
}

// The first multiple of 1024 in dynamic shared memory, of which 1024 bytes more than needed were asked for. The
// same offset in each block of a cluster.
inline constexpr int kAlignmentBytes = 1024;
__device__ __forceinline__ unsigned char* aligned_shared_memory() {
  extern __shared__ unsigned char dynamic_shared_memory[];
  const unsigned address = shared_address(dynamic_shared_memory);
  return dynamic_shared_memory + (1024 - address % 1024) % 1024;
}

}  // namespace aisp::kernels
