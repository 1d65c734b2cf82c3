// Three passes over tiles of 8192 look-ups.
//
// 1. Each tile is sorted by region of the table (one of 64) in shared memory; the sorted indices, where
//    each region begins, and where each look-up went are written.
// 2. Region by region, over all tiles: the indices of a tile's run are replaced by what the table has
//    there. Blocks start in order, so that those that run together share a region or two of the table
//    (4 MiB each), and these are in the L2: a sector comes from memory once.
// 3. Each tile is brought back to the order of the look-ups, in shared memory.
//
// 28 bytes travel for each look-up, all of them coalesced, besides the table, once; as they come it is 8
// and a sector of 32, where the L2 does not have it.
#include <aisp/implementation.h>
#include <kernels/cuda_check.cuh>
#include <kernels/device_buffer.cuh>

#include <cstdint>

namespace {

constexpr int kTile = 8192;
constexpr int kRegions = 64;
constexpr int kSortThreads = 512;
constexpr int kPerThread = kTile / kSortThreads;
constexpr int kGatherThreads = 256;
constexpr int kTilesPerBlock = 16;  // of the second pass
constexpr int kAtOnce = 4;          // look-ups of a lane under way

// begins[tile, r]: where region r begins in the tile; kRegions + 1 for each tile.
__global__ void __launch_bounds__(kSortThreads)
    sort_tiles(int shift, const std::int32_t* __restrict__ index, std::int32_t* __restrict__ sorted,
               std::uint16_t* __restrict__ place, int* __restrict__ begins) {
  __shared__ std::int32_t in_order[kTile];
  __shared__ int counts[kRegions];
  __shared__ int starts[kRegions + 1];
  const int thread = static_cast<int>(threadIdx.x);
  const std::int64_t first = static_cast<std::int64_t>(blockIdx.x) * kTile;
  if (thread < kRegions) counts[thread] = 0;
  __syncthreads();
  std::int32_t at[kPerThread];
  int rank[kPerThread];
#pragma unroll
  for (int e = 0; e < kPerThread; ++e) at[e] = __ldcs(index + first + e * kSortThreads + thread);
#pragma unroll
  for (int e = 0; e < kPerThread; ++e) rank[e] = atomicAdd(&counts[at[e] >> shift], 1);
  __syncthreads();
  if (thread < 32) {  // one warp adds up: two regions a lane
    const int low = counts[2 * thread], both = low + counts[2 * thread + 1];
    int sum = both;
#pragma unroll
    for (int offset = 1; offset < 32; offset *= 2) {
      const int below = __shfl_up_sync(0xffffffffu, sum, offset);
      if (thread >= offset) sum += below;
    }
    starts[2 * thread] = sum - both;
    starts[2 * thread + 1] = sum - both + low;
    if (thread == 31) starts[kRegions] = sum;
  }
  __syncthreads();
#pragma unroll
  for (int e = 0; e < kPerThread; ++e) {
    const int to = starts[at[e] >> shift] + rank[e];
    in_order[to] = at[e];
    __stcs(place + first + e * kSortThreads + thread, static_cast<std::uint16_t>(to));
  }
  if (thread <= kRegions)
    begins[static_cast<std::int64_t>(blockIdx.x) * (kRegions + 1) + thread] = starts[thread];
  __syncthreads();
#pragma unroll
  for (int e = 0; e < kPerThread; ++e)
    __stcs(sorted + first + e * kSortThreads + thread, in_order[e * kSortThreads + thread]);
}

// grid (groups of tiles, regions); a warp takes a run. Results replace the indices.
__global__ void __launch_bounds__(kGatherThreads)
    gather_runs(int tiles, const float* __restrict__ table, std::int32_t* sorted,
                const int* __restrict__ begins) {
  const int lane = static_cast<int>(threadIdx.x) % 32, warp = static_cast<int>(threadIdx.x) / 32;
  const int first = static_cast<int>(blockIdx.x) * kTilesPerBlock;
  for (int tile = first + warp; tile < min(tiles, first + kTilesPerBlock);
       tile += kGatherThreads / 32) {
    const int* const run = begins + static_cast<std::int64_t>(tile) * (kRegions + 1) + blockIdx.y;
    std::int32_t* const here = sorted + static_cast<std::int64_t>(tile) * kTile;
    const int end = run[1];
    for (int i = run[0] + lane; i < end; i += 32 * kAtOnce) {
      std::int32_t at[kAtOnce];
      float value[kAtOnce];
#pragma unroll
      for (int u = 0; u < kAtOnce; ++u)
        if (i + 32 * u < end) at[u] = __ldcs(here + i + 32 * u);
#pragma unroll
      for (int u = 0; u < kAtOnce; ++u)
        if (i + 32 * u < end) value[u] = __ldg(table + at[u]);
#pragma unroll
      for (int u = 0; u < kAtOnce; ++u)
        if (i + 32 * u < end) __stcs(here + i + 32 * u, __float_as_int(value[u]));
    }
  }
}

__global__ void __launch_bounds__(kSortThreads)
    bring_back(const std::int32_t* __restrict__ sorted, const std::uint16_t* __restrict__ place,
               float* __restrict__ y) {
  __shared__ float values[kTile];
  const int thread = static_cast<int>(threadIdx.x);
  const std::int64_t first = static_cast<std::int64_t>(blockIdx.x) * kTile;
  std::uint16_t from[kPerThread];
#pragma unroll
  for (int e = 0; e < kPerThread; ++e) {
    values[e * kSortThreads + thread] =
        __int_as_float(__ldcs(sorted + first + e * kSortThreads + thread));
    from[e] = __ldcs(place + first + e * kSortThreads + thread);
  }
  __syncthreads();
#pragma unroll
  for (int e = 0; e < kPerThread; ++e)
    __stcs(y + first + e * kSortThreads + thread, values[from[e]]);
}

class Optimized {
 public:
  explicit Optimized(const aisp::Launch& launch)
      : n_(launch.input_tensor(1).shape[0]),
        tiles_(static_cast<int>(n_ / kTile)),
        sorted_(n_),
        place_(n_),
        begins_(static_cast<std::int64_t>(tiles_) * (kRegions + 1)) {
    aisp::kernels::require(n_ % kTile == 0, "this kernel needs look-ups that 8192 divides");
    while (launch.input_tensor(0).shape[0] > static_cast<std::int64_t>(kRegions) << shift_)
      ++shift_;
  }

  void run(const aisp::Launch& launch) {
    const auto stream = launch.stream<cudaStream_t>();
    const auto tiles = static_cast<unsigned>(tiles_);
    sort_tiles<<<tiles, kSortThreads, 0, stream>>>(shift_, launch.input<std::int32_t>(1),
                                                   sorted_.data(), place_.data(), begins_.data());
    aisp::kernels::check_launch("sort_tiles");
    gather_runs<<<dim3((tiles + kTilesPerBlock - 1) / kTilesPerBlock, kRegions), kGatherThreads, 0,
                  stream>>>(tiles_, launch.input<float>(0), sorted_.data(), begins_.data());
    aisp::kernels::check_launch("gather_runs");
    bring_back<<<tiles, kSortThreads, 0, stream>>>(sorted_.data(), place_.data(),
                                                   launch.output<float>(0));
    aisp::kernels::check_launch("bring_back");
  }

 private:
  std::int64_t n_;
  int tiles_;
  int shift_ = 0;  // an index shifted right by it is its region
  aisp::kernels::DeviceBuffer<std::int32_t> sorted_;
  aisp::kernels::DeviceBuffer<std::uint16_t> place_;
  aisp::kernels::DeviceBuffer<int> begins_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Optimized, "look-ups sorted by region, region by region, brought back");
