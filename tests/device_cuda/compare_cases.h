// Outputs that are right, wrong and strange, in every dtype.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "device/cuda/kernels/device_stats.h"
#include "verify/compare.h"

namespace aisp {

struct CompareCase {
  Tensor tensor;
  Tolerance tolerance;
  std::vector<std::byte> got, want;  // storage of the tensor
  ExpectedTensor expected;           // want, or something near it that the dtype does not hold
  std::uint64_t poison = 0;
  std::string name;
};

// Calls `look` with one case after the other, of at most `most_elements` each.
void for_compare_cases(std::int64_t most_elements,
                       const std::function<void(const CompareCase&)>& look);

// Reports where `got` differs from what the CPU's compare says. Sums of squares, and with an RMS
// term also ratios, may differ in their last bits.
void expect_stats(const CompareStats& want, const cuda::DeviceCompareStats& got,
                  const CompareCase& c, const std::string& how);

}  // namespace aisp
