// How far it could go: a vector of elements through all sweeps without leaving the registers. Nobody
// needs affinity then; it is another algorithm, which a sweep that needs its neighbours would not allow.
#include <aisp/aisp.h>
#include <kernels/choose.h>

#include <cstdint>
#include <cstring>

namespace {

// Eight vectors hide the latency of an FMA (4 cycles, 2 a cycle); of 32 bytes they are half of the
// registers of AVX2, of 64 bytes a quarter of those of AVX-512.
constexpr std::int64_t kTogether = 128;  // elements; what two rounds of AVX2 do

template <int kBytes>
struct VectorOf {
  typedef float Type __attribute__((vector_size(kBytes)));
};

// kTogether elements through all sweeps, eight vectors of kBytes at a time.
template <int kBytes>
AISP_INLINE_BODY void chain_body(std::int64_t sweeps, const float* a, const float* b,
                                 const float* x, float* y) {
  constexpr std::int64_t kLanes = kBytes / 4;
  for (std::int64_t first = 0; first < kTogether; first += 8 * kLanes) {
    typename VectorOf<kBytes>::Type v[8];
#pragma GCC unroll 8
    for (int i = 0; i < 8; ++i) std::memcpy(&v[i], x + first + i * kLanes, kBytes);
    for (std::int64_t s = 0; s < sweeps; ++s)
#pragma GCC unroll 8
      for (int i = 0; i < 8; ++i) v[i] = a[s] * v[i] + b[s];
#pragma GCC unroll 8
    for (int i = 0; i < 8; ++i) std::memcpy(y + first + i * kLanes, &v[i], kBytes);
  }
}
void chain_scalar(std::int64_t sweeps, const float* a, const float* b, const float* x, float* y) {
  chain_body<16>(sweeps, a, b, x, y);
}
AISP_TARGET_AVX2 void chain_avx2(std::int64_t sweeps, const float* a, const float* b,
                                 const float* x, float* y) {
  chain_body<32>(sweeps, a, b, x, y);
}
AISP_TARGET_AVX512 void chain_avx512(std::int64_t sweeps, const float* a, const float* b,
                                     const float* x, float* y) {
  chain_body<64>(sweeps, a, b, x, y);
}

void run(const aisp::Launch& launch) {
  const auto n = static_cast<std::int64_t>(launch.output_tensor(0).elements);
  const auto sweeps = static_cast<std::int64_t>(launch.input_tensor(1).elements);
  const float* x = launch.input<float>(0);
  const float* a = launch.input<float>(1);
  const float* b = launch.input<float>(2);
  float* y = launch.output<float>(0);
  const auto chain = aisp::kernels::choose(chain_scalar, chain_avx2, chain_avx512);
#pragma omp parallel for schedule(static)
  for (std::int64_t i = 0; i < n; i += kTogether) {
    if (i + kTogether <= n) {
      chain(sweeps, a, b, x + i, y + i);
      continue;
    }
    for (std::int64_t j = i; j < n; ++j) {
      y[j] = x[j];
      for (std::int64_t s = 0; s < sweeps; ++s) y[j] = a[s] * y[j] + b[s];
    }
  }
}

}  // namespace

AISP_IMPLEMENTATION(run, "all sweeps in registers");
