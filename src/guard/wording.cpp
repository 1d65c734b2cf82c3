#include "guard/wording.h"

#include <fmt/format.h>

#include <cmath>

namespace aisp::guard {

std::string duration(double ns) {
  const double size = std::fabs(ns);
  if (size < 999.5) return fmt::format("{:.0f} ns", ns);
  if (size < 999.95e3) return fmt::format("{:.1f} µs", ns / 1e3);
  if (size < 999.995e6) return fmt::format("{:.2f} ms", ns / 1e6);
  return fmt::format("{:.2f} s", ns / 1e9);
}

std::string byte_size(double bytes) {
  if (std::fabs(bytes) < 1024) return fmt::format("{:.0f} B", bytes);
  if (std::fabs(bytes) < 0x1p20) return fmt::format("{:.1f} KiB", bytes / 0x1p10);
  if (std::fabs(bytes) < 0x1p30) return fmt::format("{:.1f} MiB", bytes / 0x1p20);
  return fmt::format("{:.1f} GiB", bytes / 0x1p30);
}

std::string grouped(std::int64_t n) {
  std::string digits = std::to_string(n);
  const std::size_t first = n < 0 ? 1 : 0;
  for (std::size_t at = digits.size(); at > first + 3;) digits.insert(at -= 3, ",");
  return digits;
}

std::string counted(std::int64_t n, std::string_view noun) {
  return fmt::format("{} {}{}", grouped(n), noun, n == 1 ? "" : "s");
}

std::string percent(double fraction) { return fmt::format("{:.2g} %", fraction * 100); }

std::string first_line(std::string_view text, std::size_t limit) {
  constexpr std::string_view kBlank = " \t\r\n";
  const std::size_t begin = text.find_first_not_of(kBlank);
  if (begin == std::string_view::npos) return {};
  std::string_view line = text.substr(begin);
  line = line.substr(0, line.find('\n'));
  line = line.substr(0, line.find_last_not_of(kBlank) + 1);
  return line.size() <= limit ? std::string(line) : std::string(line.substr(0, limit)) + "…";
}

}  // namespace aisp::guard
