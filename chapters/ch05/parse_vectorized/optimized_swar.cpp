// A field as one 64-bit word, and no branch: blanks become zeros, then neighbours are joined three times
// by one multiplication each: 8 digits to 4 numbers of two, 2 of four, 1 of eight. No vectors needed.
#include <aisp/aisp.h>

#include <cstdint>
#include <cstring>

namespace {

std::int32_t parse(const std::uint8_t* field) {
  std::uint64_t word;
  std::memcpy(&word, field, sizeof word);
  // The lowest byte is the first character. '0' .. '9' are 0x30 .. 0x39, a blank is 0x20, '\n' 0x0a: bit 4
  // is set in digits alone. The end-of-line moves out, and a zero in at the front.
  const std::uint64_t is_digit = (word >> 4 & 0x0101010101010101) * 0x0f;
  std::uint64_t digits = (word & is_digit) << 8;
  digits = (digits * 10 + (digits >> 8)) & 0x00ff00ff00ff00ff;
  digits = (digits * 100 + (digits >> 16)) & 0x0000ffff0000ffff;
  digits = digits * 10000 + (digits >> 32);
  return static_cast<std::int32_t>(digits & 0xffffffff);
}

void run(const aisp::Launch& launch) {
  const auto n = static_cast<std::int64_t>(launch.output_tensor(0).elements);
  const std::uint8_t* text = launch.input<std::uint8_t>(0);
  std::int32_t* values = launch.output<std::int32_t>(0);
#pragma omp parallel for schedule(static)
  for (std::int64_t i = 0; i < n; ++i) values[i] = parse(text + i * 8);
}

}  // namespace

AISP_IMPLEMENTATION(run, "a field as a 64-bit word, without a branch");
