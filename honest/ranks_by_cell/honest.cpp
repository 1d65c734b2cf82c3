// Looks in setup whether entry k of the sorted table lies in the k-th of as many equal cells. Where it does, a number's
// rank is its cell, or one more: a byte for each cell tells, and where the byte does not the table itself does.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "aisp/implementation.h"

namespace {

class Kernel {
 public:
  explicit Kernel(const aisp::Launch& launch) {
    const auto table = launch.input_span<float>(0);
    const double cells = static_cast<double>(table.size());
    part_.resize(table.size());
    for (std::size_t k = 0; k < table.size(); ++k) {
      const double place = static_cast<double>(table[k]) * cells - static_cast<double>(k);
      even_ = even_ && place >= 0 && place <= 1;
      part_[k] = static_cast<std::uint8_t>(std::clamp(place * kParts, 0.0, kParts - 1.0));
    }
  }

  void run(const aisp::Launch& launch) {
    const auto table = launch.input_span<float>(0);
    const float* x = launch.input<float>(1);
    auto* rank = launch.output<std::int32_t>(0);
    const auto n = static_cast<std::int64_t>(launch.output_tensor(0).elements);
    const auto cells = static_cast<float>(table.size());  // a power of two: products are exact
#pragma omp parallel for schedule(static)
    for (std::int64_t i = 0; i < n; ++i) {
      if (!even_ || !(x[i] >= 0 && x[i] < 1)) {
        rank[i] = static_cast<std::int32_t>(std::lower_bound(table.begin(), table.end(), x[i]) -
                                            table.begin());
        continue;
      }
      const float place = x[i] * cells;
      auto at = static_cast<std::size_t>(place);
      const auto part = static_cast<int>((place - static_cast<float>(at)) * kParts);
      const int own = part_[at];
      const bool told = part != own && part != 0 && own != kParts - 1;
      if (told) {
        at += part > own;
      } else {
        while (at > 0 && table[at - 1] >= x[i]) --at;
        while (at < table.size() && table[at] < x[i]) ++at;
      }
      rank[i] = static_cast<std::int32_t>(at);
    }
  }

 private:
  static constexpr int kParts = 256;
  bool even_ = true;
  std::vector<std::uint8_t> part_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "a byte for each cell of an even table");
