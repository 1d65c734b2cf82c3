// Copies the next tile to shared memory asynchronously while it hashes the one before.
#include <cuda_pipeline.h>

#include "../../attacks/device_chain.cuh"

namespace {

constexpr int kWords = 1024;

__global__ void __launch_bounds__(256)
    hash_pipelined(const std::int64_t* words, std::int64_t n, std::int32_t* out) {
  __shared__ std::uint64_t tiles[2][kWords];
  const int me = static_cast<int>(threadIdx.x);
  const auto load = [&](std::int64_t tile) {
    for (int i = me; i < kWords; i += 256)
      if (tile * kWords + i < n)
        __pipeline_memcpy_async(&tiles[tile % 2][i], words + tile * kWords + i,
                                sizeof(std::uint64_t));
    __pipeline_commit();
  };
  const std::int64_t count = (n + kWords - 1) / kWords;
  std::uint64_t state = corpus::kChainBegin;
  load(0);
  for (std::int64_t tile = 0; tile < count; ++tile) {
    if (tile + 1 < count) load(tile + 1);
    __pipeline_wait_prior(tile + 1 < count ? 1 : 0);
    __syncthreads();
    const std::int64_t rest = n - tile * kWords;
    if (me == 0)
      for (int i = 0; i < (rest < kWords ? static_cast<int>(rest) : kWords); ++i)
        state = (state ^ tiles[tile % 2][i]) * corpus::kChainFactor;
    __syncthreads();
  }
  if (me == 0) *out = corpus::folded(state);
}

void run(const aisp::Launch& launch) {
  hash_pipelined<<<1, 256, 0, corpus::stream_of(launch)>>>(
      launch.input<std::int64_t>(0), static_cast<std::int64_t>(launch.input_tensor(0).elements),
      launch.output<std::int32_t>(0));
  corpus::check(cudaGetLastError());
}

}  // namespace

AISP_IMPLEMENTATION(run, "copies ahead");
