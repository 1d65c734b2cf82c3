// A parallel loop that the compiler vectorizes, as one would write it. Its stores are ordinary ones:
// to write part of a cache line the processor first reads the line, so that 16 bytes travel for each
// element and not 12.
#include <aisp/aisp.h>
#include <kernels/instruction_set.h>

#include <algorithm>

namespace {

__attribute__((always_inline)) inline void add_body(std::int64_t n, const float* __restrict a,
                                                    const float* __restrict b,
                                                    float* __restrict c) {
  for (std::int64_t i = 0; i < n; ++i) c[i] = a[i] + b[i];
}
void add_scalar(std::int64_t n, const float* a, const float* b, float* c) { add_body(n, a, b, c); }
AISP_TARGET_AVX2 void add_avx2(std::int64_t n, const float* a, const float* b, float* c) {
  add_body(n, a, b, c);
}
AISP_TARGET_AVX512 void add_avx512(std::int64_t n, const float* a, const float* b, float* c) {
  add_body(n, a, b, c);
}

void add(std::int64_t n, const float* a, const float* b, float* c) {
  using aisp::kernels::InstructionSet;
  switch (aisp::kernels::widest(InstructionSet::avx512)) {
    case InstructionSet::scalar: return add_scalar(n, a, b, c);
    case InstructionSet::avx2: return add_avx2(n, a, b, c);
    case InstructionSet::avx512:
    case InstructionSet::avx512_bf16: return add_avx512(n, a, b, c);
  }
}

constexpr std::int64_t kChunk = 1 << 16;  // elements of a task

void run(const aisp::Launch& launch) {
  const auto n = static_cast<std::int64_t>(launch.output_tensor(0).elements);
  const float* a = launch.input<float>(0);
  const float* b = launch.input<float>(1);
  float* c = launch.output<float>(0);
#pragma omp parallel for schedule(static)
  for (std::int64_t i = 0; i < n; i += kChunk) add(std::min(kChunk, n - i), a + i, b + i, c + i);
}

}  // namespace

AISP_IMPLEMENTATION(run, "parallel vectorized loop, ordinary stores");
