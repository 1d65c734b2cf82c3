// What numbers tests are fed with, beside ordinary ones.
#pragma once

#include <limits>
#include <vector>

namespace aisp::stats::testing {

using Values = std::vector<double>;
inline constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
inline constexpr double kInfinity = std::numeric_limits<double>::infinity();

}  // namespace aisp::stats::testing
