// The formulas that the GPU's fill is made of, on the host, against the CPU's fill.
#include <gtest/gtest.h>

#include <cstring>
#include <vector>

#include "device/cuda/fill_job.h"
#include "device/cuda/kernels/chacha.h"
#include "device_cuda/fill_cases.h"

namespace aisp::cuda {
namespace {

// What fill_run does, one component after the other.
std::vector<std::byte> drawn_by_formula(const FillCase& c, std::uint64_t nonce) {
  const auto layout = layout_of(c.tensor);
  EXPECT_TRUE(layout);
  const FillJob job = make_fill_job(c.tensor, c.distribution, *layout, fill_test_key());
  std::vector<std::byte> bytes(c.tensor.storage_bytes(), std::byte{0xcd});
  const std::uint32_t per_block = components_of_block(job.dtype, job.draw);
  const std::uint32_t size = component_size(job.dtype);
  std::vector<std::uint64_t> drawn(kRunComponents);
  for (std::uint64_t first = 0; first < job.components; first += kRunComponents) {
    const auto n =
        static_cast<std::uint32_t>(std::min<std::uint64_t>(job.components - first, kRunComponents));
    std::uint32_t words[16];
    for (std::uint32_t i = 0; i < n; ++i) {
      if (i % per_block == 0) chacha_block(job.key, nonce, (first + i) / per_block, words);
      drawn[i] = drawn_bits(job, words, i % per_block, job.base, job.slope);
    }
    if (job.structured) {
      const std::uint64_t run = first / kRunComponents;
      chacha_block(job.key, nonce, kStructureBlock + run / 8, words);
      const Structure s = structure_of(word64(words, static_cast<std::uint32_t>(run % 8)), n);
      const std::uint64_t equal = drawn[s.equal];
      for (std::uint32_t i = s.equal; i < s.equal_end; ++i) drawn[i] = equal;
      drawn[s.large] = is_drawn_as_float(job.dtype)
                           ? bits_of(enlarged(float_of(static_cast<std::uint32_t>(drawn[s.large])),
                                              static_cast<float>(job.greatest)))
                           : bits_of(enlarged(double_of(drawn[s.large]), 1.7976931348623157e308));
      for (std::uint32_t i = s.zero; i < s.zero_end; ++i) drawn[i] = 0;
    }
    for (std::uint32_t i = 0; i < n; ++i) {
      const std::uint64_t stored = stored_bits(job, drawn[i]);
      const std::uint64_t component = first + i;
      const std::uint64_t place =
          storage_place(job.layout, component / job.per_element) * job.per_element +
          component % job.per_element;
      std::memcpy(&bytes[place * size], &stored, size);
    }
  }
  return bytes;
}

TEST(CudaFillFormula, GivesTheBitsOfTheCpu) {
  for (const FillCase& c : fill_cases(5000)) {
    const std::vector<std::byte> want = cpu_fill(c, 77);
    const std::vector<std::byte> got = drawn_by_formula(c, 77);
    ASSERT_EQ(got.size(), want.size());
    for (std::size_t i = 0; i < got.size(); ++i)
      ASSERT_EQ(got[i], want[i]) << c.name << " at byte " << i;
  }
}

// The kernels leave out the bounds where the job says that no value can reach them.
TEST(CudaFillFormula, LeavesOutBoundsOnlyWhereTheyChangeNothing) {
  std::uint32_t without = 0;
  for (const FillCase& c : fill_cases(1)) {
    const FillJob job = make_fill_job(c.tensor, c.distribution, TensorLayout{}, fill_test_key());
    if (job.bounded || !is_drawn_as_float(job.dtype)) continue;
    ++without;
    const PlaceOf<float>& f = job.as_float;
    for (std::uint64_t block = 0; block < 500; ++block) {
      std::uint32_t words[16];
      chacha_block(job.key, 3, block, words);
      words[0] = 0, words[1] = ~0u, words[2] = 0x1ff, words[3] = 0x1fe;  // the ends
      for (const std::uint32_t w : words) {
        if (job.draw == Draw::uniform) {
          ASSERT_EQ(bits_of(uniform32<true>(w, f)), bits_of(uniform32<false>(w, f))) << c.name;
        }
        if (job.draw == Draw::normal) {
          ASSERT_EQ(bits_of(normal32<true>(w, f, job.base, job.slope)),
                    bits_of(normal32<false>(w, f, job.base, job.slope)))
              << c.name;
        }
      }
    }
  }
  EXPECT_GT(without, 10u);
}

TEST(CudaFillFormula, LeavesOutBoundsOfDoublesOnlyWhereTheyChangeNothing) {
  std::uint32_t without = 0;
  for (const FillCase& c : fill_cases(1)) {
    const FillJob job = make_fill_job(c.tensor, c.distribution, TensorLayout{}, fill_test_key());
    if (job.bounded || is_drawn_as_float(job.dtype)) continue;
    ++without;
    const PlaceOf<double>& f = job.as_double;
    for (std::uint64_t block = 0; block < 500; ++block) {
      std::uint32_t words[16];
      chacha_block(job.key, 3, block, words);
      words[0] = words[1] = 0, words[2] = words[3] = ~0u;  // the ends
      for (std::uint32_t k = 0; k < 8; ++k) {
        const std::uint64_t w = word64(words, k);
        if (job.draw == Draw::uniform) {
          ASSERT_EQ(bits_of(uniform64<true>(w, f)), bits_of(uniform64<false>(w, f))) << c.name;
        }
        if (job.draw == Draw::normal) {
          ASSERT_EQ(bits_of(normal64<true>(w, f, job.base, job.slope)),
                    bits_of(normal64<false>(w, f, job.base, job.slope)))
              << c.name;
        }
      }
    }
  }
  EXPECT_GT(without, 5u);
}

TEST(CudaFillFormula, JoinsDimensionsThatLieRowMajor) {
  const auto joined = [](std::vector<std::int64_t> shape, std::vector<std::int64_t> strides) {
    const Tensor t = {.name = "x", .shape = std::move(shape), .strides = std::move(strides)};
    const auto layout = layout_of(t);
    return layout ? layout->dimensions : -1;
  };
  EXPECT_EQ(joined({4, 5}, {5, 1}), 0);
  EXPECT_EQ(joined({4, 5}, {6, 1}), 2);
  EXPECT_EQ(joined({4, 5, 6}, {40, 6, 1}), 2);
  EXPECT_EQ(joined({4, 1, 6}, {6, 99, 1}), 0);
  EXPECT_EQ(joined({9}, {2}), 1);
  EXPECT_EQ(joined({2, 2, 2, 2, 2, 2, 2, 2}, {1, 2, 4, 8, 16, 32, 64, 128}), 8);
  EXPECT_EQ(joined({2, 2, 2, 2, 2, 2, 2, 2, 2}, {1, 2, 4, 8, 16, 32, 64, 128, 256}), -1);
}

}  // namespace
}  // namespace aisp::cuda
