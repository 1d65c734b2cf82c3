// The four equations of motion and a step of the midpoint method, for host and device.
#pragma once

#ifdef __CUDACC__
#define AISP_CH06_FUNCTION __host__ __device__ __forceinline__
#else
#define AISP_CH06_FUNCTION __attribute__((always_inline)) inline
#endif

namespace aisp::ch06 {

inline constexpr int kKinds = 4;
inline constexpr int kSteps = 32;

template <int kKind>
AISP_CH06_FUNCTION float slope(float u) {
  if constexpr (kKind == 0) return u * (1 - u);
  if constexpr (kKind == 1) return -u * u * u;
  if constexpr (kKind == 2) return 1 - u * u;
  return -u / (1 + u * u);
}

template <int kKind>
AISP_CH06_FUNCTION float step(float u) {
  return u + 0.0625f * slope<kKind>(u + 0.03125f * slope<kKind>(u));
}

template <int kKind>
AISP_CH06_FUNCTION float integrate(float u) {
  for (int s = 0; s < kSteps; ++s) u = step<kKind>(u);
  return u;
}

}  // namespace aisp::ch06
