// The ring of collective libraries: in step s each rank adds its own part to what its neighbour has
// summed up, three times; then finished parts go around, three times. It is made for links, where each
// rank talks to one neighbour at a time. In shared memory everybody can read everything, and the ring
// only reads and writes partial sums that need not exist.
#include <aisp/aisp.h>
#include <kernels/ranks.h>

#include <cstring>

#include "../accumulate.h"

namespace {

using aisp::ch04::kRanks;

AISP_INLINE_BODY void add_body(std::int64_t n, const float* __restrict a, const float* __restrict b,
                               float* __restrict out) {
  for (std::int64_t i = 0; i < n; ++i) out[i] = a[i] + b[i];
}
void add_scalar(std::int64_t n, const float* a, const float* b, float* out) {
  add_body(n, a, b, out);
}
AISP_TARGET_AVX2 void add_avx2(std::int64_t n, const float* a, const float* b, float* out) {
  add_body(n, a, b, out);
}
AISP_TARGET_AVX512 void add_avx512(std::int64_t n, const float* a, const float* b, float* out) {
  add_body(n, a, b, out);
}

void run(const aisp::Launch& launch) {
  const std::int64_t n = launch.input_tensor(0).shape[1];
  const float* x = launch.input<float>(0);
  float* y = launch.output<float>(0);
  const auto add = aisp::kernels::choose(add_scalar, add_avx2, add_avx512);
  const auto before = [](int rank) { return (rank + kRanks - 1) % kRanks; };
  const auto part = [&](int p) { return n * ((p + kRanks) % kRanks) / kRanks; };
  const auto length = [&](int p) {
    const int q = (p + kRanks) % kRanks;
    return n * (q + 1) / kRanks - n * q / kRanks;
  };
  aisp::kernels::on_ranks(kRanks, [&] {
    // After step s, rank r has the sum of s + 2 ranks of part r - s - 1.
    for (int s = 0; s < kRanks - 1; ++s)
      aisp::kernels::each_rank(kRanks, [&](int rank) {
        const int p = rank - s - 1;
        const float* partial = (s == 0 ? x : y) + before(rank) * n + part(p);
        add(length(p), x + rank * n + part(p), partial, y + rank * n + part(p));
      });
    // Now rank r has all of part r + 1; the parts before it come from the neighbour.
    for (int s = 0; s < kRanks - 1; ++s)
      aisp::kernels::each_rank(kRanks, [&](int rank) {
        const int p = rank - s;
        std::memcpy(y + rank * n + part(p), y + before(rank) * n + part(p),
                    static_cast<std::size_t>(length(p)) * sizeof(float));
      });
  });
}

}  // namespace

AISP_IMPLEMENTATION(run, "a ring, as over links");
