// Work of known length takes that long.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <vector>

#include "device_cuda/gpu.h"

namespace aisp::cuda {
namespace {

class GpuClocks : public GpuTest {
 protected:
  template <class Enqueue>
  double microseconds(const Enqueue& enqueue) {
    CUevent begin, end;
    EXPECT_EQ(cuda().EventCreate(&begin, CU_EVENT_DEFAULT), CUDA_SUCCESS);
    EXPECT_EQ(cuda().EventCreate(&end, CU_EVENT_DEFAULT), CUDA_SUCCESS);
    double least = 1e9;
    for (int i = 0; i < 20; ++i) {
      EXPECT_EQ(cuda().EventRecord(begin, stream()), CUDA_SUCCESS);
      EXPECT_TRUE(enqueue());
      EXPECT_EQ(cuda().EventRecord(end, stream()), CUDA_SUCCESS);
      EXPECT_TRUE(wait());
      float ms = 0;
      EXPECT_EQ(cuda().EventElapsedTime(&ms, begin, end), CUDA_SUCCESS);
      least = std::min(least, 1000.0 * static_cast<double>(ms));
    }
    cuda().EventDestroy(begin);
    cuda().EventDestroy(end);
    return least;
  }
};

TEST_F(GpuClocks, SpinTakesItsTimeMoreThanAnEmptyKernel) {
  const double nothing = microseconds([&] { return kernels().empty(stream()); });
  for (const std::uint64_t ns : {20000, 100000, 1000000}) {
    const double spun = microseconds([&] { return kernels().spin(stream(), ns); });
    EXPECT_NEAR(spun - nothing, static_cast<double>(ns) / 1000, 2.0) << nothing;
  }
}

TEST_F(GpuClocks, CanaryIsProportionalToItsStepsOnEveryMultiprocessor) {
  const auto count = static_cast<std::size_t>(kernels().multiprocessors());
  ASSERT_GT(count, 0u);
  DeviceMemory elapsed(cuda(), 8 * count);
  const auto slowest = [&](std::uint32_t steps) {
    std::uint64_t least = ~0ull;
    for (int i = 0; i < 20; ++i) {
      EXPECT_TRUE(kernels().canary(stream(), steps, elapsed));
      EXPECT_TRUE(wait());
      const auto times = elapsed.read_all<std::uint64_t>(count);
      least = std::min(least, *std::max_element(times.begin(), times.end()));
    }
    return static_cast<double>(least);
  };
  const double once = slowest(20000), thrice = slowest(60000);
  EXPECT_GT(once, 10000);  // ns: 2 cycles a step at 2 GHz would be 20 µs
  EXPECT_LT(once, 200000);
  EXPECT_NEAR(thrice / once, 3, 0.3);
}

}  // namespace
}  // namespace aisp::cuda
