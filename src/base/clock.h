// The judge's clock.
#pragma once

#include <time.h>

#include <cstdint>

namespace aisp {

// CLOCK_MONOTONIC in nanoseconds: a step of the wall clock does not move it.
inline std::int64_t monotonic_ns() {
  timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return static_cast<std::int64_t>(t.tv_sec) * 1'000'000'000 + t.tv_nsec;
}

}  // namespace aisp
