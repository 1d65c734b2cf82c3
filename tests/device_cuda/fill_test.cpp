// The GPU's fill gives the bits of the CPU's.
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <vector>

#include "device_cuda/fill_cases.h"
#include "device_cuda/gpu.h"

namespace aisp::cuda {
namespace {

class GpuFill : public GpuTest {
 protected:
  // Bytes of room before and between, and the CPU's bytes for `sets` sets at those places.
  struct Memory {
    std::size_t before, stride;
    std::vector<std::byte> bytes;
  };

  Memory drawn_by_cpu(const FillCase& c, int sets, std::size_t before, std::size_t alignment) {
    Memory m;
    m.before = before;
    m.stride = (c.tensor.storage_bytes() + 40 + alignment - 1) / alignment * alignment;
    m.bytes.assign(before + m.stride * static_cast<std::size_t>(sets), std::byte{0xcd});
    for (int set = 0; set < sets; ++set) {
      const auto one = cpu_fill(c, 1000 + 256 * static_cast<std::uint64_t>(set));
      std::copy(one.begin(), one.end(),
                m.bytes.begin() +
                    static_cast<std::ptrdiff_t>(before + m.stride * static_cast<std::size_t>(set)));
    }
    return m;
  }

  // Draws on the GPU, compares every byte; then damages a few and has them counted.
  void check_case(const FillCase& c, int sets, std::size_t before, std::size_t alignment) {
    SCOPED_TRACE(c.name + " sets " + std::to_string(sets) + " at " + std::to_string(before));
    const Memory want = drawn_by_cpu(c, sets, before, alignment);
    DeviceMemory memory(cuda(), want.bytes.size());
    DeviceMemory counts(cuda(), 8 * static_cast<std::size_t>(sets));
    const std::vector<std::byte> blank(want.bytes.size(), std::byte{0xcd});
    memory.write(blank.data(), blank.size());
    const SetSpan span = {memory + before, want.stride, sets};
    ASSERT_DONE(
        kernels().fill(stream(), c.tensor, c.distribution, fill_test_key(), 1000, 256, span));
    ASSERT_DONE(wait());
    auto got = memory.read_all<std::byte>(want.bytes.size());
    const auto [g, w] = std::mismatch(got.begin(), got.end(), want.bytes.begin());
    ASSERT_EQ(g, got.end()) << "byte " << g - got.begin() << " is " << std::to_integer<int>(*g)
                            << ", not " << std::to_integer<int>(*w);

    const auto changed = [&] {
      EXPECT_TRUE(kernels().count_changed(stream(), c.tensor, c.distribution, fill_test_key(), 1000,
                                          256, span, counts));
      EXPECT_TRUE(wait());
      return counts.read_all<std::uint64_t>(static_cast<std::size_t>(sets));
    };
    for (const std::uint64_t count : changed()) ASSERT_EQ(count, 0u);
    if (c.tensor.elements() == 0) return;
    // The first and last byte of the last set, of which a one-byte tensor has only one.
    const std::size_t last_set = before + want.stride * static_cast<std::size_t>(sets - 1);
    const std::size_t first = last_set, last = last_set + c.tensor.storage_bytes() - 1;
    for (const std::size_t at : {first, last}) got[at] = want.bytes[at] ^ std::byte{0x40};
    memory.write(got.data(), got.size());
    const auto counted = changed();
    ASSERT_EQ(counted.back(), first == last ? 1u : 2u);
    for (int set = 0; set + 1 < sets; ++set) ASSERT_EQ(counted[static_cast<std::size_t>(set)], 0u);
  }
};

TEST_F(GpuFill, GivesTheBitsOfTheCpu) {
  for (const FillCase& c : fill_cases(5000)) {
    check_case(c, 1, 0, 16);
    if (HasFatalFailure()) return;
  }
}

TEST_F(GpuFill, GivesTheBitsOfTheCpuInLongTensors) {
  for (const FillCase& c : fill_cases(1 << 20)) {
    if (c.tensor.elements() < 1 << 20) continue;
    check_case(c, 1, 0, 16);
    if (HasFatalFailure()) return;
  }
}

TEST_F(GpuFill, DrawsEachSetFromItsOwnStream) {
  for (const FillCase& c : fill_cases(1100)) {
    if (c.tensor.elements() != 7 && c.tensor.elements() != 1025 && c.tensor.contiguous()) continue;
    check_case(c, 5, 0, 64);
    if (HasFatalFailure()) return;
  }
}

TEST_F(GpuFill, TakesAnyAlignment) {
  for (const FillCase& c : fill_cases(1000)) {
    if (c.tensor.elements() != 33 && c.tensor.elements() != 1000) continue;
    check_case(c, 2, 8, 8);
    check_case(c, 2, 3, 1);
    if (HasFatalFailure()) return;
  }
}

TEST_F(GpuFill, RefusesWhatIsDrawnOnTheHost) {
  const Tensor t = {.name = "x", .dtype = Dtype::int32, .shape = {4}};
  DeviceMemory memory(cuda(), 64);
  EXPECT_FALSE(kernels().fill(stream(), t, Distribution::permutation(), fill_test_key(), 1, 1,
                              {memory, 0, 1}));
}

}  // namespace
}  // namespace aisp::cuda
