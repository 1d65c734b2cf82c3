// Particles of one kind, integrated side by side: steps outside, particles inside, so that the compiler
// makes vectors of them and their chains overlap.
#pragma once

#include <kernels/choose_kernel.h>

#include <cstdint>

#include "motion.h"

namespace aisp::ch06 {

inline constexpr std::int64_t kChunk = 2048;  // particles; what is kept of them stays in the L1
inline constexpr std::int64_t kStrip = 64;    // particles whose state stays in registers or nearly

template <int kKind>
__attribute__((always_inline)) inline void integrate_all_body(std::int64_t n, float* u) {
  std::int64_t i = 0;
  for (; i + kStrip <= n; i += kStrip)
    for (int s = 0; s < kSteps; ++s)
      for (std::int64_t l = i; l < i + kStrip; ++l) u[l] = step<kKind>(u[l]);
  for (int s = 0; s < kSteps; ++s)
    for (std::int64_t l = i; l < n; ++l) u[l] = step<kKind>(u[l]);
}

// u[kind][0 .. n[kind]), in place.
using IntegrateKinds = void (*)(const std::int64_t* n, float (*u)[kChunk]);

__attribute__((always_inline)) inline void integrate_kinds_body(const std::int64_t* n,
                                                                float (*u)[kChunk]) {
  integrate_all_body<0>(n[0], u[0]);
  integrate_all_body<1>(n[1], u[1]);
  integrate_all_body<2>(n[2], u[2]);
  integrate_all_body<3>(n[3], u[3]);
}
inline void integrate_kinds_scalar(const std::int64_t* n, float (*u)[kChunk]) {
  integrate_kinds_body(n, u);
}
AISP_TARGET_AVX2 inline void integrate_kinds_avx2(const std::int64_t* n, float (*u)[kChunk]) {
  integrate_kinds_body(n, u);
}
AISP_TARGET_AVX512 inline void integrate_kinds_avx512(const std::int64_t* n, float (*u)[kChunk]) {
  integrate_kinds_body(n, u);
}
inline IntegrateKinds integrate_kinds() {
  return kernels::choose_kernel<IntegrateKinds>(integrate_kinds_scalar, integrate_kinds_avx2,
                                                integrate_kinds_avx512);
}

}  // namespace aisp::ch06
