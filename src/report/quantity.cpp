#include "report/quantity.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace aisp {

namespace {

struct Unit {
  double size;
  const char* name;
};

constexpr std::array<Unit, 4> kTimes = {{{1, "ns"}, {1e3, "µs"}, {1e6, "ms"}, {1e9, "s"}}};
constexpr std::array<Unit, 5> kBytes = {
    {{1, "B"}, {0x1p10, "KiB"}, {0x1p20, "MiB"}, {0x1p30, "GiB"}, {0x1p40, "TiB"}}};

// The largest unit in which the value is at least one, as it is printed: 999.96 ns is 1.000 µs.
template <std::size_t N>
Unit unit_for(double value, const std::array<Unit, N>& units) {
  Unit chosen = units[0];
  for (const Unit& unit : units)
    if (std::fabs(value) >= unit.size * 0.99995) chosen = unit;
  return chosen;
}

// Decimals that give `value` four significant digits.
int decimals_for(double value) {
  const double magnitude = std::fabs(value);
  if (!std::isfinite(value) || magnitude >= 999.95) return 0;
  if (magnitude >= 99.995) return 1;
  if (magnitude >= 9.9995) return 2;
  return 3;
}

// An end that noise left open may be a billion times the estimate: its digits say nothing.
std::string end_of(double value, int decimals) {
  return std::fabs(value) < 1e5 ? fmt::format("{:.{}f}", value, decimals)
                                : fmt::format("{:.0e}", value);
}

std::string bracketed(const stats::Interval& interval, double unit) {
  const int decimals = decimals_for(interval.estimate / unit);
  return fmt::format("[{} {:.{}f} {}]", end_of(interval.low / unit, decimals),
                     interval.estimate / unit, decimals, end_of(interval.high / unit, decimals));
}

std::string spread(const stats::Interval& interval) {
  const double half = std::max(interval.estimate - interval.low, interval.high - interval.estimate);
  return fmt::format("±{:.1f} %", 100 * half / interval.estimate);
}

}  // namespace

std::string human_time(double ns) {
  const Unit unit = unit_for(ns, kTimes);
  return fmt::format("{:.{}f} {}", ns / unit.size, decimals_for(ns / unit.size), unit.name);
}

std::string human_time(const stats::Interval& ns) {
  const Unit unit = unit_for(ns.estimate, kTimes);
  return bracketed(ns, unit.size) + " " + unit.name;
}

std::string human_speedup(const stats::Interval& x) { return bracketed(x, 1) + "×"; }

std::string short_time(const stats::Interval& ns) {
  return human_time(ns.estimate) + " " + spread(ns);
}

std::string short_speedup(const stats::Interval& x) {
  return fmt::format("{:.{}f}× {}", x.estimate, decimals_for(x.estimate), spread(x));
}

std::string human_bytes(double bytes) {
  const Unit unit = unit_for(bytes, kBytes);
  const double value = bytes / unit.size;
  return fmt::format("{:.{}f} {}", value, unit.size == 1 ? 0 : decimals_for(value), unit.name);
}

std::string human_fraction(double fraction) { return fmt::format("{:.0f} %", 100 * fraction); }

std::string human_number(double value) { return fmt::format("{:.4g}", value); }

std::string plural(std::size_t count, const std::string& noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

}  // namespace aisp
