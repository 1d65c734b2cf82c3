// How numbers stand in the guards' messages.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace aisp::guard {

std::string duration(double ns);      // "412 ns", "81.2 µs", "3.40 ms", "2.10 s"
std::string byte_size(double bytes);  // "512 B", "1.5 KiB", "64.0 MiB"
std::string grouped(std::int64_t n);  // "65,536"
std::string counted(std::int64_t n, std::string_view noun);  // "1 window", "2,000 windows"
std::string percent(double fraction);                        // "0.07 %"

// The first line of `text` that is not blank, without blanks at its ends and cut to `limit` bytes.
std::string first_line(std::string_view text, std::size_t limit);

}  // namespace aisp::guard
