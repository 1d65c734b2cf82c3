// One pass with independent sums: each thread walks over a contiguous part of the rows with eight
// vectors of partial sums in registers, which come together once, at the end of the part. Eight
// chains hide the latency of an addition (4 cycles, up to 2 a cycle); more than memory delivers.
#include <aisp/aisp.h>
#include <immintrin.h>
#include <kernels/instruction_set.h>

#include <algorithm>
#include <vector>

namespace {

constexpr int kChains = 8;

float sum_scalar(std::int64_t n, const float* x) {
  float sums[kChains * 4] = {};
  std::int64_t i = 0;
  for (; i + kChains * 4 <= n; i += kChains * 4)
    for (int c = 0; c < kChains * 4; ++c) sums[c] += x[i + c];
  float sum = 0;
  for (; i < n; ++i) sum += x[i];
  for (const float s : sums) sum += s;
  return sum;
}

AISP_TARGET_AVX2 float sum_avx2(std::int64_t n, const float* x) {
  __m256 sums[kChains];
#pragma GCC unroll 8
  for (int c = 0; c < kChains; ++c) sums[c] = _mm256_setzero_ps();
  std::int64_t i = 0;
  for (; i + kChains * 8 <= n; i += kChains * 8)
#pragma GCC unroll 8
    for (int c = 0; c < kChains; ++c)
      sums[c] = _mm256_add_ps(sums[c], _mm256_loadu_ps(x + i + c * 8));
  float lanes[kChains * 8];
#pragma GCC unroll 8
  for (int c = 0; c < kChains; ++c) _mm256_storeu_ps(lanes + c * 8, sums[c]);
  float sum = 0;
  for (; i < n; ++i) sum += x[i];
  for (const float lane : lanes) sum += lane;
  return sum;
}

AISP_TARGET_AVX512 float sum_avx512(std::int64_t n, const float* x) {
  __m512 sums[kChains];
#pragma GCC unroll 8
  for (int c = 0; c < kChains; ++c) sums[c] = _mm512_setzero_ps();
  std::int64_t i = 0;
  for (; i + kChains * 16 <= n; i += kChains * 16)
#pragma GCC unroll 8
    for (int c = 0; c < kChains; ++c)
      sums[c] = _mm512_add_ps(sums[c], _mm512_loadu_ps(x + i + c * 16));
  float lanes[kChains * 16];
#pragma GCC unroll 8
  for (int c = 0; c < kChains; ++c) _mm512_storeu_ps(lanes + c * 16, sums[c]);
  float sum = 0;
  for (; i < n; ++i) sum += x[i];
  for (const float lane : lanes) sum += lane;
  return sum;
}

using Sum = float (*)(std::int64_t, const float*);

Sum widest_sum() {
  using aisp::kernels::InstructionSet;
  switch (aisp::kernels::widest(InstructionSet::avx512)) {
    case InstructionSet::scalar: return sum_scalar;
    case InstructionSet::avx2: return sum_avx2;
    case InstructionSet::avx512:
    case InstructionSet::avx512_bf16: return sum_avx512;
  }
  return sum_scalar;
}

// Elements of one part: a row has the same parts whatever the number of threads, so that results
// do not depend on it.
constexpr std::int64_t kPart = 1 << 16;

class Optimized {
 public:
  explicit Optimized(const aisp::Launch& launch)
      : rows_(launch.input_tensor(0).shape[0]),
        length_(launch.input_tensor(0).shape[1]),
        parts_((length_ + kPart - 1) / kPart),
        sums_(static_cast<std::size_t>(rows_ * parts_)) {}

  void run(const aisp::Launch& launch) {
    const float* x = launch.input<float>(0);
    float* y = launch.output<float>(0);
    float* sums = sums_.data();
    const Sum sum = widest_sum();
#pragma omp parallel for collapse(2) schedule(static)
    for (std::int64_t r = 0; r < rows_; ++r)
      for (std::int64_t p = 0; p < parts_; ++p)
        sums[r * parts_ + p] =
            sum(std::min(kPart, length_ - p * kPart), x + r * length_ + p * kPart);
    for (std::int64_t r = 0; r < rows_; ++r) {
      y[r] = 0;
      for (std::int64_t p = 0; p < parts_; ++p) y[r] += sums[r * parts_ + p];
    }
  }

 private:
  std::int64_t rows_;
  std::int64_t length_;
  std::int64_t parts_;
  std::vector<float> sums_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Optimized, "one pass, eight vectors of partial sums in registers");
