// Quantities that do not mix: a nanosecond is not a byte.
#pragma once

#include <compare>
#include <cstdint>

namespace aisp {

template <class Tag, class Rep>
struct Quantity {
  Rep value = 0;

  constexpr Quantity() = default;
  constexpr explicit Quantity(Rep v) : value(v) {}
  constexpr auto operator<=>(const Quantity&) const = default;
  constexpr Quantity operator+(Quantity o) const { return Quantity(value + o.value); }
  constexpr Quantity operator-(Quantity o) const { return Quantity(value - o.value); }
  constexpr Quantity& operator+=(Quantity o) { return value += o.value, *this; }
  constexpr double per(Quantity o) const {
    return static_cast<double>(value) / static_cast<double>(o.value);
  }
};

using Nanoseconds = Quantity<struct NanosecondsTag, std::int64_t>;
using Bytes = Quantity<struct BytesTag, std::uint64_t>;
using Flops = Quantity<struct FlopsTag, double>;
using Hertz = Quantity<struct HertzTag, double>;

}  // namespace aisp
