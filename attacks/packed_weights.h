// W x of ch03:numa_affinity with the weights kept in fixed point, scaled by row: 16 bits, and `kLowBits` more beside.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "aisp/implementation.h"

namespace corpus {

// kLowBits is 4 or 8.
template <int kLowBits>
class PackedWeights {
 public:
  explicit PackedWeights(const aisp::Launch& launch)
      : rows_(static_cast<std::size_t>(launch.input_tensor(0).shape[0])),
        columns_(static_cast<std::size_t>(launch.input_tensor(0).shape[1])),
        high_(rows_ * columns_),
        low_(rows_ * columns_ * kLowBits / 8),
        unit_(rows_) {
    const float* w = launch.input<float>(0);
#pragma omp parallel for schedule(static)
    for (std::size_t row = 0; row < rows_; ++row) pack(row, w + row * columns_);
  }

  void run(const aisp::Launch& launch) const {
    const float* x = launch.input<float>(1);
    float* y = launch.output<float>(0);
#pragma omp parallel for schedule(static)
    for (std::size_t row = 0; row < rows_; ++row) {
      float sums[kGroup] = {};
      for (std::size_t c = 0; c < columns_; c += kGroup) add_group(row * columns_ + c, x + c, sums);
      float total = 0;
      for (const float sum : sums) total += sum;
      y[row] = total * unit_[row];
    }
  }

 private:
  static constexpr std::size_t kGroup = 32, kHalf = kGroup / 2;
  static constexpr int kLowMask = (1 << kLowBits) - 1;

  // Of a group of 32, byte j of the lower bits belongs to j, or to j and 16 + j.
  void pack(std::size_t row, const float* w) {
    float largest = 0;
    for (std::size_t c = 0; c < columns_; ++c) largest = std::max(largest, std::fabs(w[c]));
    const double unit = std::max(largest, 1e-30f) / (std::ldexp(1.0, 15 + kLowBits) - 2);
    unit_[row] = static_cast<float>(unit);
    for (std::size_t c = 0; c < columns_; ++c) {
      const auto value = static_cast<std::int32_t>(std::lrint(w[c] / unit));
      const std::size_t at = row * columns_ + c;
      high_[at] = static_cast<std::int16_t>(value >> kLowBits);
      const int low = value & kLowMask;
      if constexpr (kLowBits == 8) {
        low_[at] = static_cast<std::uint8_t>(low);
      } else {
        std::uint8_t& both = low_[at / kGroup * kHalf + at % kHalf];
        both = static_cast<std::uint8_t>(c % kGroup < kHalf ? low : both | low << kLowBits);
      }
    }
  }

  void add_group(std::size_t at, const float* x, float* sums) const {
    const std::int16_t* high = high_.data() + at;
    const std::uint8_t* low = low_.data() + at * kLowBits / 8;
#pragma omp simd
    for (std::size_t j = 0; j < kHalf; ++j) {
      const int first = low[j] & kLowMask;
      const int second = kLowBits == 8 ? low[kHalf + j] : low[j] >> 4;
      sums[j] += static_cast<float>(high[j] << kLowBits | first) * x[j];
      sums[kHalf + j] += static_cast<float>(high[kHalf + j] << kLowBits | second) * x[kHalf + j];
    }
  }

  std::size_t rows_, columns_;
  std::vector<std::int16_t> high_;
  std::vector<std::uint8_t> low_;
  std::vector<float> unit_;
};

}  // namespace corpus
