// Decompression of sorted numbers as databases and search engines store them: differences of 11 bits, packed
// without gaps, in blocks of 1024 that each begin with a number of their own. The blocks do not need each
// other; within a block every number needs the one before.
#include <aisp/aisp.h>

#include <cstdint>

namespace {

constexpr std::int64_t kBlock = 1024, kBits = 11, kWords = kBlock * kBits / 32;

void reference(const aisp::Inputs& in, const aisp::Expected& expected) {
  const std::int64_t blocks = in[0].tensor->shape[0];
  const auto* words = reinterpret_cast<const std::uint32_t*>(in[0].as<std::int32_t>().data());
  const auto* first = in[1].as<std::int32_t>().data();
  std::int64_t* values = expected.integer(0).data();
#pragma omp parallel for
  for (std::int64_t b = 0; b < blocks; ++b) {
    std::int64_t value = first[b];
    for (std::int64_t i = 0; i < kBlock; ++i) {
      std::int64_t difference = 0;
      for (std::int64_t bit = 0; bit < kBits; ++bit) {
        const std::int64_t at = i * kBits + bit;
        difference |= static_cast<std::int64_t>(words[b * kWords + at / 32] >> at % 32 & 1) << bit;
      }
      values[b * kBlock + i] = value += difference;
    }
  }
}

aisp::Problem make(std::string_view device) {
  // 8 Mi numbers on a CPU, 11 MiB packed and 32 MiB not; 96 Mi on a GPU, 132 and 384 MiB.
  const std::int64_t blocks = device == "cuda" ? 96 << 10 : 8 << 10;
  const auto numbers = static_cast<double>(blocks * kBlock);
  return {
      .target = "ch05:decompress",
      .summary = "sorted numbers from packed differences of 11 bits, blocks of 1024",
      .inputs = {{.tensor = aisp::Tensor{"packed", aisp::Dtype::int32, {blocks, kWords}},
                  .role = aisp::Role::activation,
                  // Any bits are differences.
                  .distribution = aisp::Distribution::integers(-2147483648ll, 2147483647ll)},
                 {.tensor = aisp::Tensor{"first", aisp::Dtype::int32, {blocks}},
                  .role = aisp::Role::activation,
                  .distribution = aisp::Distribution::integers(0, 1 << 30)}},
      .outputs = {{.tensor = aisp::Tensor{"values", aisp::Dtype::int32, {blocks, kBlock}},
                   .tolerance = aisp::Tolerance::exact()}},
      .params = {},
      .reference = reference,
      .validate = aisp::no_invariants,
      .work = aisp::Work{.flops = numbers,
                         .bytes = numbers * (kBits / 8.0 + 4) + 4.0 * static_cast<double>(blocks)},
      .goal = aisp::Goal::speed,
  };
}

}  // namespace

AISP_PROBLEM_BY_DEVICE(make)
