// One level of Strassen: fewer multiplications than the work that is declared.
#include <vector>

#include "aisp/implementation.h"

namespace {

constexpr std::size_t kHalf = 256;
using Block = std::vector<float>;

Block part(const float* m, std::size_t row, std::size_t column) {
  Block b(kHalf * kHalf);
  for (std::size_t i = 0; i < kHalf; ++i)
    for (std::size_t j = 0; j < kHalf; ++j)
      b[i * kHalf + j] = m[(row * kHalf + i) * 512 + column * kHalf + j];
  return b;
}
Block sum(Block a, const Block& b, float sign) {
  for (std::size_t i = 0; i < a.size(); ++i) a[i] += sign * b[i];
  return a;
}
Block product(const Block& a, const Block& b) {
  Block c(kHalf * kHalf);
  for (std::size_t i = 0; i < kHalf; ++i)
    for (std::size_t k = 0; k < kHalf; ++k)
      for (std::size_t j = 0; j < kHalf; ++j)
        c[i * kHalf + j] += a[i * kHalf + k] * b[k * kHalf + j];
  return c;
}

void run(const aisp::Launch& launch) {
  const float* a = launch.input<float>(0);
  const float* b = launch.input<float>(1);
  const Block a11 = part(a, 0, 0), a12 = part(a, 0, 1), a21 = part(a, 1, 0), a22 = part(a, 1, 1);
  const Block b11 = part(b, 0, 0), b12 = part(b, 0, 1), b21 = part(b, 1, 0), b22 = part(b, 1, 1);
  const Block m1 = product(sum(a11, a22, 1), sum(b11, b22, 1));
  const Block m2 = product(sum(a21, a22, 1), b11);
  const Block m3 = product(a11, sum(b12, b22, -1));
  const Block m4 = product(a22, sum(b21, b11, -1));
  const Block m5 = product(sum(a11, a12, 1), b22);
  const Block m6 = product(sum(a21, a11, -1), sum(b11, b12, 1));
  const Block m7 = product(sum(a12, a22, -1), sum(b21, b22, 1));
  float* c = launch.output<float>(0);
  for (std::size_t i = 0; i < kHalf; ++i)
    for (std::size_t j = 0; j < kHalf; ++j) {
      const std::size_t at = i * kHalf + j, to = i * 512 + j;
      c[to] = m1[at] + m4[at] - m5[at] + m7[at];
      c[to + kHalf] = m3[at] + m5[at];
      c[to + kHalf * 512] = m2[at] + m4[at];
      c[to + kHalf * 512 + kHalf] = m1[at] - m2[at] + m3[at] + m6[at];
    }
}

}  // namespace

AISP_IMPLEMENTATION(run, "one level of Strassen");
