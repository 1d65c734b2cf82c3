// The GPU's compare gives the numbers of the CPU's.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <vector>

#include "device/cpu/fill.h"
#include "device_cuda/compare_cases.h"
#include "device_cuda/fill_cases.h"
#include "device_cuda/gpu.h"

namespace aisp::cuda {
namespace {

std::size_t padded(std::size_t bytes) { return (bytes + 15) / 16 * 16; }

class GpuCompare : public GpuTest {
 protected:
  // Copies of one buffer, `sets` times, at multiples of 16 bytes.
  struct Copies {
    Copies(const Driver& driver, const void* data, std::size_t bytes, int sets)
        : memory(driver, padded(bytes) * static_cast<std::size_t>(sets)),
          span{memory, padded(bytes), sets} {
      for (int set = 0; set < sets; ++set)
        memory.write(data, bytes, padded(bytes) * static_cast<std::size_t>(set));
    }
    DeviceMemory memory;
    SetSpan span;
  };

  std::vector<DeviceCompareStats> run(const Tensor& tensor, const Tolerance& tolerance,
                                      const SetSpan& got, const SetSpan& want, bool same,
                                      std::uint64_t poison) {
    const auto sets = static_cast<std::size_t>(got.sets);
    const std::size_t scratch_bytes = Kernels::compare_scratch_bytes(tensor, got.sets);
    DeviceMemory scratch(cuda(), scratch_bytes), stats(cuda(), sets * sizeof(DeviceCompareStats));
    const std::vector<std::byte> zero(scratch_bytes);
    scratch.write(zero.data(), scratch_bytes);
    const auto start = [&] {
      return same ? kernels().compare_same(stream(), tensor, tolerance, got, want, poison, scratch,
                                           stats)
                  : kernels().compare_expected(stream(), tensor, tolerance, got, want, poison,
                                               scratch, stats);
    };
    // Twice, since each comparison has to leave the scratch memory as the next one needs it.
    const std::vector<std::byte> ones(sets * sizeof(DeviceCompareStats), std::byte{0xff});
    for (int i = 0; i < 2; ++i) {
      stats.write(ones.data(), ones.size());
      const Status status = start();
      EXPECT_TRUE(status) << status.error().message();
      const Status done = wait();
      EXPECT_TRUE(done) << done.error().message();
    }
    return stats.read_all<DeviceCompareStats>(sets);
  }

  void check_case(const CompareCase& c, int sets) {
    const Copies got(cuda(), c.got.data(), c.got.size(), sets);
    const Copies want(cuda(), c.want.data(), c.want.size(), 1);
    const SetSpan shared_want = {want.memory, 0, 1};
    const CompareStats same =
        compare_same(c.tensor, c.tolerance, c.got.data(), c.want.data(), c.poison);
    for (const auto& s : run(c.tensor, c.tolerance, got.span, shared_want, true, c.poison))
      expect_stats(same, s, c, "same");

    const bool integral = is_integral(c.tensor.dtype);
    const void* data = integral ? static_cast<const void*>(c.expected.integer.data())
                                : static_cast<const void*>(c.expected.real.data());
    const std::size_t bytes = 8 * (integral ? c.expected.integer.size() : c.expected.real.size());
    const Copies expected(cuda(), data, bytes, sets);
    const CompareStats held = compare(c.tensor, c.tolerance, c.got.data(), c.expected, c.poison);
    for (const auto& s : run(c.tensor, c.tolerance, got.span, expected.span, false, c.poison))
      expect_stats(held, s, c, "expected");
  }
};

TEST_F(GpuCompare, GivesTheNumbersOfTheCpu) {
  for_compare_cases(6000, [&](const CompareCase& c) {
    if (!HasFailure()) check_case(c, 1);
  });
}

TEST_F(GpuCompare, GivesTheNumbersOfTheCpuInLongTensors) {
  for_compare_cases(300000, [&](const CompareCase& c) {
    if (!HasFailure() && c.tensor.elements() > 100000) check_case(c, 1);
  });
}

TEST_F(GpuCompare, TakesManySetsAtOnce) {
  for_compare_cases(1100, [&](const CompareCase& c) {
    if (!HasFailure() && (c.tensor.elements() == 1029 || !c.tensor.contiguous())) check_case(c, 3);
  });
}

// Each set has one wrong element, somewhere else.
TEST_F(GpuCompare, TellsSetsApart) {
  const Tensor tensor = {.name = "y", .dtype = Dtype::fp32, .shape = {70000}};
  const FillCase draw = {tensor, Distribution::uniform(1, 2), ""};
  constexpr int kSets = 9;
  const std::vector<std::byte> want = cpu_fill(draw, 1);
  std::vector<std::byte> got(want.size() * kSets);
  for (std::size_t set = 0; set < kSets; ++set) {
    std::copy(want.begin(), want.end(),
              got.begin() + static_cast<std::ptrdiff_t>(set * want.size()));
    const float wrong = 5;
    std::memcpy(&got[set * want.size() + 4 * (set * 7771)], &wrong, 4);
  }
  DeviceMemory got_memory(cuda(), got.size()), want_memory(cuda(), want.size());
  got_memory.write(got.data(), got.size());
  want_memory.write(want.data(), want.size());
  const auto stats = run(tensor, Tolerance::for_dtype(Dtype::fp32),
                         {got_memory, want.size(), kSets}, {want_memory, 0, 1}, true, 0);
  for (std::size_t set = 0; set < kSets; ++set) {
    EXPECT_EQ(stats[set].mismatches, 1u);
    EXPECT_EQ(stats[set].first_bad_index, set * 7771);
    EXPECT_EQ(stats[set].first_bad_got, 5);
  }
}

TEST_F(GpuCompare, GivesTheSameBitsOnEachRun) {
  const Tensor tensor = {.name = "y", .dtype = Dtype::fp32, .shape = {1 << 20}};
  const std::vector<std::byte> want = cpu_fill({tensor, Distribution::normal(0, 1), ""}, 1);
  const std::vector<std::byte> got = cpu_fill({tensor, Distribution::normal(0, 1), ""}, 2);
  const Copies got_copies(cuda(), got.data(), got.size(), 4);
  const Copies want_copies(cuda(), want.data(), want.size(), 4);
  const Tolerance tolerance = {0.01, 0, 0.1, {}};
  const auto first = run(tensor, tolerance, got_copies.span, want_copies.span, true, 0);
  for (int i = 0; i < 5; ++i) {
    const auto again = run(tensor, tolerance, got_copies.span, want_copies.span, true, 0);
    ASSERT_EQ(std::memcmp(first.data(), again.data(), first.size() * sizeof first[0]), 0);
  }
  for (const auto& s : first)  // nor does it matter how many sets there are
    ASSERT_EQ(std::memcmp(&s, first.data(), sizeof s), 0);
}

}  // namespace
}  // namespace aisp::cuda
