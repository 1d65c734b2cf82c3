// One launch: the eight blocks of a row are a cluster, and each writes its sum into the first one's shared memory
// (CUDA C++ Programming Guide, "Distributed Shared Memory"). No sum goes through memory.
#include <aisp/implementation.h>
#include <cooperative_groups.h>
#include <kernels/cuda_check.cuh>

#include <cstdint>

#include "row_share.cuh"

namespace {

using namespace aisp::ch10;

// grid (kBlocksPerRow, rows): a row of blocks is a cluster.
__global__ void __cluster_dims__(kBlocksPerRow, 1, 1)
    __launch_bounds__(kThreads, kBlocksPerMultiprocessor)
        sum_rows(std::int64_t n4, const float4* __restrict__ x, float* __restrict__ y) {
#if __CUDA_ARCH__ >= 900
  __shared__ float of_block[kBlocksPerRow];
  const auto cluster = cooperative_groups::this_cluster();
  const unsigned share = cluster.block_rank();
  // All blocks of the cluster have begun before their shared memory is written to.
  cluster.barrier_arrive();
  const float sum = sum_of_share(n4, share, x + blockIdx.y * n4);
  cluster.barrier_wait();
  if (threadIdx.x == 0) *cluster.map_shared_rank(&of_block[share], 0) = sum;
  cluster.sync();
  if (share != 0 || threadIdx.x != 0) return;
  float total = 0;
#pragma unroll
  for (int i = 0; i < kBlocksPerRow; ++i) total += of_block[i];
  y[blockIdx.y] = total;
#endif
}

class Optimized {
 public:
  explicit Optimized(const aisp::Launch& launch)
      : rows_(static_cast<unsigned>(launch.input_tensor(0).shape[0])),
        length_(launch.input_tensor(0).shape[1]) {
    int device = 0, major = 0;
    aisp::kernels::check(cudaGetDevice(&device), "cudaGetDevice");
    aisp::kernels::check(cudaDeviceGetAttribute(&major, cudaDevAttrComputeCapabilityMajor, device),
                         "cudaDevAttrComputeCapabilityMajor");
    aisp::kernels::require(major >= 9, "not run: needs compute capability 9.0 (clusters)");
    aisp::kernels::require(length_ % 4 == 0, "this kernel needs rows that 4 divides");
  }

  void run(const aisp::Launch& launch) {
    sum_rows<<<dim3(kBlocksPerRow, rows_), kThreads, 0, launch.stream<cudaStream_t>()>>>(
        length_ / 4, launch.input<float4>(0), launch.output<float>(0));
    aisp::kernels::check_launch("sum_rows");
  }

 private:
  unsigned rows_;
  std::int64_t length_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Optimized, "a cluster a row, its sums through distributed shared memory");
