// One block that loops over tiles for as long as its call lasts, fed by flags in memory that the
// other block sets: a pipeline of two, which ends inside its call.
#include "../device_chain.cuh"

namespace {

constexpr int kWords = 1024;

__device__ std::uint64_t staged[2][kWords];
__device__ unsigned filled = 0, emptied = 0;  // tiles so far, in this call

__global__ void begin() { filled = emptied = 0; }

// Waits until `counter` is at least `wanted`; gives up after 10 ms, so that it ends in any case.
__device__ void wait_until(const unsigned* counter, unsigned wanted) {
  const unsigned long long from = corpus::global_ns();
  while (*static_cast<const volatile unsigned*>(counter) < wanted &&
         corpus::global_ns() - from < 10'000'000) {
  }
  __threadfence();
}

__global__ void __launch_bounds__(256)
    pipeline(const std::int64_t* words, std::int64_t n, std::int32_t* out) {
  __shared__ std::uint64_t tile[kWords];
  const int me = static_cast<int>(threadIdx.x);
  const unsigned tiles = static_cast<unsigned>((n + kWords - 1) / kWords);
  std::uint64_t state = corpus::kChainBegin;
  for (unsigned t = 0; t < tiles; ++t) {
    if (me == 0)
      wait_until(blockIdx.x == 0 ? &emptied : &filled,
                 blockIdx.x == 0 ? (t > 1 ? t - 1 : 0) : t + 1);
    __syncthreads();
    const std::int64_t rest = n - static_cast<std::int64_t>(t) * kWords;
    const int here = rest < kWords ? static_cast<int>(rest) : kWords;
    if (blockIdx.x == 0) {
      for (int i = me; i < here; i += 256)
        staged[t % 2][i] =
            static_cast<std::uint64_t>(words[static_cast<std::int64_t>(t) * kWords + i]);
    } else {
      for (int i = me; i < here; i += 256)
        tile[i] = static_cast<volatile std::uint64_t*>(staged[t % 2])[i];
    }
    __threadfence();
    __syncthreads();
    if (me != 0) continue;
    if (blockIdx.x == 0) {
      atomicExch(&filled, t + 1);
      continue;
    }
    atomicExch(&emptied, t + 1);
    for (int i = 0; i < here; ++i) state = (state ^ tile[i]) * corpus::kChainFactor;
  }
  if (blockIdx.x == 1 && me == 0) *out = corpus::folded(state);
}

void run(const aisp::Launch& launch) {
  const auto stream = corpus::stream_of(launch);
  begin<<<1, 1, 0, stream>>>();
  pipeline<<<2, 256, 0, stream>>>(launch.input<std::int64_t>(0),
                                  static_cast<std::int64_t>(launch.input_tensor(0).elements),
                                  launch.output<std::int32_t>(0));
  corpus::check(cudaGetLastError());
}

}  // namespace

AISP_IMPLEMENTATION(run, "two blocks, fed by flags");
