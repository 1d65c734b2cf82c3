// Integers from text in columns of fixed width, as many exports of instruments and banks are: seven
// characters, right-aligned, blanks in front, and an end-of-line. What is read from storage has to become
// numbers, and often that takes longer than the reading.
#include <aisp/aisp.h>

#include <cstdint>

namespace {

constexpr std::int64_t kWidth = 8;  // characters of a field, its '\n' included

// Numbers of one to seven digits, every number of digits equally often.
void generate(aisp::RandomSource& random, void* data, std::size_t characters) {
  auto* text = static_cast<std::uint8_t*>(data);
  constexpr std::uint64_t kPowers[] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000};
  for (std::size_t field = 0; field < characters / kWidth; ++field, text += kWidth) {
    const std::uint64_t bits = random.next();
    const std::uint64_t digits = (bits & 0xffff) * 7 >> 16;  // 0 .. 6: one digit more than that
    const std::uint64_t low = digits == 0 ? 0 : kPowers[digits];
    std::uint64_t value =
        low + ((bits >> 16) & 0xffffffff) * (kPowers[digits + 1] - low) / (1ull << 32);
    text[7] = '\n';
    int at = 6;
    do {
      text[at--] = static_cast<std::uint8_t>('0' + value % 10);
      value /= 10;
    } while (value != 0);
    while (at >= 0) text[at--] = ' ';
  }
}

void reference(const aisp::Inputs& in, const aisp::Expected& expected) {
  const auto* text = in[0].as<std::uint8_t>().data();
  const auto values = expected.integer(0);
  const auto n = static_cast<std::int64_t>(values.size());
#pragma omp parallel for
  for (std::int64_t i = 0; i < n; ++i) {
    std::int64_t value = 0;
    for (std::int64_t c = 0; c < kWidth - 1; ++c) {
      const std::uint8_t character = text[i * kWidth + c];
      if (character != ' ') value = value * 10 + (character - '0');
    }
    values[static_cast<std::size_t>(i)] = value;
  }
}

aisp::Problem make() {
  constexpr std::int64_t kFields = 4 << 20;  // 32 MiB of text
  return {
      .target = "ch05:parse_vectorized",
      .summary =
          "four million decimal numbers from text: digit by digit, or field by field in vectors",
      .inputs = {{.tensor = aisp::Tensor{"text", aisp::Dtype::uint8, {kFields, kWidth}},
                  .role = aisp::Role::activation,
                  .distribution = aisp::Distribution::custom(generate)}},
      .outputs = {{.tensor = aisp::Tensor{"values", aisp::Dtype::int32, {kFields}},
                   .tolerance = aisp::Tolerance::exact()}},
      .params = {},
      .reference = reference,
      .validate = aisp::no_invariants,
      // A product and a sum for each digit; vectors do several of them at once.
      .work = aisp::Work{.flops = 1.0 * kFields, .bytes = (kWidth + 4.0) * kFields},
      .goal = aisp::Goal::speed,
  };
}

}  // namespace

AISP_PROBLEM(make)
