// What a comparison on the GPU writes for each set: the numbers of CompareStats (verify/compare.h
// says what each means), in a layout that host and device share.
#pragma once

#include <cstdint>

namespace aisp::cuda {

struct DeviceCompareStats {
  std::uint64_t elements;
  std::uint64_t mismatches;
  std::uint64_t nans;
  std::uint64_t infs;
  std::uint64_t denormals_flushed;
  std::uint64_t stale;
  double max_abs_error;
  double max_allowed_ratio;
  double error_sum_squares;
  double want_sum_squares;
  std::uint64_t worst_index;
  double worst_got;
  double worst_want;
  std::uint64_t first_bad_index;
  double first_bad_got;
  double first_bad_want;
  double constant;
  double want_constant;
  std::uint32_t got_is_constant;
  std::uint32_t want_is_constant;
};
static_assert(sizeof(DeviceCompareStats) == 152);

}  // namespace aisp::cuda
