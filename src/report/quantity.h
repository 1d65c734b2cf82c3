// Numbers for people: four significant digits and a unit that fits.
#pragma once

#include <cstddef>
#include <string>

#include "stats/interval.h"

namespace aisp {

std::string human_time(double ns);                    // "12.34 µs"
std::string human_time(const stats::Interval& ns);    // "[12.10 12.34 12.60] µs"
std::string human_speedup(const stats::Interval& x);  // "[2.051 2.100 2.148]×"
// The same in fewer columns, with the larger half of the interval: "12.34 µs ±2.1 %".
std::string short_time(const stats::Interval& ns);
std::string short_speedup(const stats::Interval& x);
std::string human_bytes(double bytes);        // "1.500 MiB"
std::string human_fraction(double fraction);  // "87 %"
std::string human_number(double value);       // four significant digits, no unit: "0.0001234"
std::string plural(std::size_t count, const std::string& noun);  // "1 target", "2 targets"

}  // namespace aisp
