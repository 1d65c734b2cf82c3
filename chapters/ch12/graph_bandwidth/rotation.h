// One step on a range of pairs: the kernel that all CPU implementations of this target share.
// Pair p of step m joins elements j and j + m, j = p with a zero put in at bit log2 m, so that m
// consecutive pairs whose first is a multiple of m cover 2 m consecutive elements.
#pragma once

#include <kernels/instruction_set.h>

#include <cstdint>
#include <cstring>

namespace aisp::ch12 {

// Pairs come in multiples of this: one vector.
inline constexpr std::int64_t kPairs = 8;

struct Rotation {
  float c, d;
  explicit Rotation(float t) : c((1 - t * t) / (1 + t * t)), d(2 * t / (1 + t * t)) {}
};

using Vector = float __attribute__((vector_size(32)));

// x' = c x + sign d (x with neighbours at distance kMask exchanged), within a vector.
template <int kMask>
__attribute__((always_inline)) inline void rotate_inside(std::int64_t begin, std::int64_t end,
                                                         Rotation r, const float* in, float* out) {
  Vector sine;
  for (int i = 0; i < 8; ++i) sine[i] = (i & kMask) != 0 ? r.d : -r.d;
  const Vector cosine = r.c - Vector{};
  for (std::int64_t j = 2 * begin; j < 2 * end; j += 8) {
    Vector x;
    std::memcpy(&x, in + j, sizeof x);
    const Vector other = __builtin_shufflevector(x, x, 0 ^ kMask, 1 ^ kMask, 2 ^ kMask, 3 ^ kMask,
                                                 4 ^ kMask, 5 ^ kMask, 6 ^ kMask, 7 ^ kMask);
    const Vector y = cosine * x + sine * other;
    std::memcpy(out + j, &y, sizeof y);
  }
}

// Pairs [begin, end), multiples of kPairs; out may be in.
__attribute__((always_inline)) inline void rotate_body(int log_m, std::int64_t begin,
                                                       std::int64_t end, Rotation r,
                                                       const float* in, float* out) {
  switch (log_m) {
    case 0: return rotate_inside<1>(begin, end, r, in, out);
    case 1: return rotate_inside<2>(begin, end, r, in, out);
    case 2: return rotate_inside<4>(begin, end, r, in, out);
    default: break;
  }
  const std::int64_t m = std::int64_t{1} << log_m;
  for (std::int64_t p = begin; p < end; p += 8) {
    const std::int64_t j = (p >> log_m << (log_m + 1)) | (p & (m - 1));
    Vector a, b;
    std::memcpy(&a, in + j, sizeof a);
    std::memcpy(&b, in + j + m, sizeof b);
    const Vector x = r.c * a - r.d * b, y = r.d * a + r.c * b;
    std::memcpy(out + j, &x, sizeof x);
    std::memcpy(out + j + m, &y, sizeof y);
  }
}

inline void rotate_scalar(int log_m, std::int64_t begin, std::int64_t end, Rotation r,
                          const float* in, float* out) {
  rotate_body(log_m, begin, end, r, in, out);
}
AISP_TARGET_AVX2 inline void rotate_avx2(int log_m, std::int64_t begin, std::int64_t end,
                                         Rotation r, const float* in, float* out) {
  rotate_body(log_m, begin, end, r, in, out);
}

using Rotate = void (*)(int log_m, std::int64_t begin, std::int64_t end, Rotation r,
                        const float* in, float* out);

inline Rotate rotate() {
  using kernels::InstructionSet;
  return kernels::widest(InstructionSet::avx2) == InstructionSet::avx2 ? rotate_avx2
                                                                       : rotate_scalar;
}

// log2 of a power of two.
constexpr int log2_of(std::int64_t n) { return n <= 1 ? 0 : 1 + log2_of(n / 2); }

}  // namespace aisp::ch12
