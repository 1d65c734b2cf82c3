// STREAM as it is published: one parallel loop that the compiler vectorizes. Before part of a cache line
// is written the processor reads the line, so that 32 bytes travel for each element and not 24.
#include <aisp/aisp.h>
#include <kernels/choose.h>

#include <algorithm>

namespace {

AISP_INLINE_BODY void triad_body(std::int64_t n, double q, const double* __restrict b,
                                 const double* __restrict c, double* __restrict a) {
  for (std::int64_t i = 0; i < n; ++i) a[i] = b[i] + q * c[i];
}
void triad_scalar(std::int64_t n, double q, const double* b, const double* c, double* a) {
  triad_body(n, q, b, c, a);
}
AISP_TARGET_AVX2 void triad_avx2(std::int64_t n, double q, const double* b, const double* c,
                                 double* a) {
  triad_body(n, q, b, c, a);
}
AISP_TARGET_AVX512 void triad_avx512(std::int64_t n, double q, const double* b, const double* c,
                                     double* a) {
  triad_body(n, q, b, c, a);
}

constexpr std::int64_t kChunk = 1 << 15;  // elements of a task

void run(const aisp::Launch& launch) {
  const auto n = static_cast<std::int64_t>(launch.output_tensor(0).elements);
  const double* b = launch.input<double>(0);
  const double* c = launch.input<double>(1);
  double* a = launch.output<double>(0);
  const double q = launch.param("q");
  const auto triad = aisp::kernels::choose(triad_scalar, triad_avx2, triad_avx512);
#pragma omp parallel for schedule(static)
  for (std::int64_t i = 0; i < n; i += kChunk)
    triad(std::min(kChunk, n - i), q, b + i, c + i, a + i);
}

}  // namespace

AISP_IMPLEMENTATION(run, "parallel vectorized loop, ordinary stores");
