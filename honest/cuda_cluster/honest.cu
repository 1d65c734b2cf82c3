// Clusters of two blocks: each sums half of a row, and reads the other's half from its shared memory. The size of the
// cluster is an attribute of the launch; what the kernel may have of shared memory is set at the first call.
#include <cooperative_groups.h>

#include "../../attacks/device_rowsum.cuh"

namespace {

constexpr int kThreads = 128;

__global__ void __launch_bounds__(kThreads)
    sum_by_clusters(const float* in, float* out, int columns) {
  extern __shared__ float parts[];
  const auto cluster = cooperative_groups::this_cluster();
  const auto rank = static_cast<int>(cluster.block_rank());
  const int row = static_cast<int>(blockIdx.x) / 2, half = columns / 2;
  const float* values = in + static_cast<std::int64_t>(row) * columns + rank * half;
  float sum = 0;
  for (int i = static_cast<int>(threadIdx.x); i < half; i += kThreads) sum += values[i];
  sum = corpus::sum_of_warp(sum);
  if (threadIdx.x % 32 == 0) parts[threadIdx.x / 32] = sum;
  cluster.sync();
  if (rank == 0 && threadIdx.x == 0) {
    const float* others = cluster.map_shared_rank(parts, 1);
    out[row] = ((parts[0] + parts[1]) + (parts[2] + parts[3])) +
               ((others[0] + others[1]) + (others[2] + others[3]));
  }
  cluster.sync();
}

int calls = 0;

void run(const aisp::Launch& launch) {
  const corpus::Rows job(launch);
  constexpr std::size_t kShared = std::size_t{64} << 10;
  if (calls++ == 0)
    corpus::check(cudaFuncSetAttribute(sum_by_clusters, cudaFuncAttributeMaxDynamicSharedMemorySize,
                                       static_cast<int>(kShared)));
  cudaLaunchAttribute pair{};
  pair.id = cudaLaunchAttributeClusterDimension;
  pair.val.clusterDim.x = 2;
  pair.val.clusterDim.y = 1;
  pair.val.clusterDim.z = 1;
  cudaLaunchConfig_t config{};
  config.gridDim = dim3(static_cast<unsigned>(job.rows) * 2);
  config.blockDim = dim3(kThreads);
  config.dynamicSmemBytes = 4 * sizeof(float);
  config.stream = corpus::stream_of(launch);
  config.attrs = &pair;
  config.numAttrs = 1;
  corpus::check(cudaLaunchKernelEx(&config, sum_by_clusters, job.in, job.out, job.columns));
}

}  // namespace

AISP_IMPLEMENTATION(run, "clusters of two blocks");
