#include "device/cuda/gpu_sampler.h"

#include <dlfcn.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <thread>

#include "base/clock.h"
#include "worker_cuda/fake_nvml.h"

namespace aisp::cuda {
namespace {

using aisp::testing::FakeNvml;
using aisp::testing::kFakeUuid;

GpuSample at(std::int64_t ns, int sm_mhz, std::uint64_t reasons, std::int64_t energy_mj = -1) {
  GpuSample s;
  s.at_ns = ns;
  s.sm_mhz = sm_mhz;
  s.clock_reasons = reasons;
  s.energy_mj = energy_mj;
  return s;
}

TEST(GpuSummary, SmallestMiddleAndLargestOfWhatWasRead) {
  const std::vector<GpuSample> samples = {at(0, 1980, 0, 5000), at(1, -1, 0), at(2, 345, 0),
                                          at(3, 1800, 0, 9000)};
  const GpuSummary s = summarize(samples);
  EXPECT_EQ(s.samples, 4);
  EXPECT_EQ(s.sm_mhz.min, 345);
  EXPECT_EQ(s.sm_mhz.median, 1800);
  EXPECT_EQ(s.sm_mhz.max, 1980);
  EXPECT_EQ(s.memory_mhz.max, -1) << "nobody read it";
  EXPECT_EQ(s.energy_j, 4);
  EXPECT_TRUE(s.throttled.empty());
  EXPECT_EQ(summarize({}).sm_mhz.median, -1);
}

TEST(GpuSummary, ThrottledStretchesAreKeptApartAndIdleIsNone) {
  const GpuSummary s = summarize(
      std::vector<GpuSample>{at(0, 1, kGpuIdle), at(10, 1, kSoftwarePowerCap),
                             at(20, 1, kSoftwarePowerCap | kSoftwareThermal),
                             at(30, 1, kApplicationClocks), at(40, 1, kHardwareSlowdown)});
  ASSERT_EQ(s.throttled.size(), 2u);
  EXPECT_EQ(s.throttled_samples, 3);
  EXPECT_EQ(s.throttled[0].begin_ns, 10);
  EXPECT_EQ(s.throttled[0].end_ns, 20);
  EXPECT_EQ(s.throttled[0].reasons, kSoftwarePowerCap | kSoftwareThermal);
  EXPECT_EQ(s.throttled[1].begin_ns, 40);
  EXPECT_TRUE(throttled_within(s, 12, 13, 0));
  EXPECT_FALSE(throttled_within(s, 22, 38, 1));
  EXPECT_TRUE(throttled_within(s, 22, 38, 10)) << "it may have begun just before it was seen";
  EXPECT_FALSE(throttled_within(s, 60, 70, 10));
}

TEST(GpuSampler, WatchesUntilItIsDropped) {
  void* library = dlopen(AISP_FAKE_NVML, RTLD_NOW);
  ASSERT_NE(library, nullptr) << dlerror();
  FakeNvml* fake = reinterpret_cast<FakeNvml* (*)()>(dlsym(library, "fake_nvml_state"))();
  fake->processes = 2;
  auto nvml = Nvml::open(kFakeUuid, AISP_FAKE_NVML);
  ASSERT_TRUE(nvml) << nvml.error().message();
  {
    GpuSampler sampler(**nvml, {.period_ms = 1, .samples_per_process_list = 2});
    sampler.add_ours(101);
    const auto wait_for = [&](int samples) {
      const std::int64_t until = monotonic_ns() + 20'000'000'000;
      while (static_cast<int>(sampler.samples().size()) < samples && monotonic_ns() < until)
        std::this_thread::yield();
    };
    wait_for(3);
    fake->reasons = kHardwareThermal;
    wait_for(static_cast<int>(sampler.samples().size()) + 3);
    const GpuSummary s = sampler.summary();
    EXPECT_GE(s.samples, 6);
    EXPECT_EQ(s.sm_mhz.median, 1980);
    EXPECT_EQ(s.power_w.max, 700);
    ASSERT_EQ(s.throttled.size(), 1u);
    EXPECT_GT(s.throttled[0].begin_ns, 0);
    ASSERT_EQ(s.others.size(), 1u);
    EXPECT_EQ(s.others[0], 100);
  }
  const int seen = fake->samples;
  EXPECT_GE(seen, 6);
  nvml->reset();
  EXPECT_EQ(fake->initialized, 0);
  EXPECT_EQ(fake->samples, seen);
  dlclose(library);
}

}  // namespace
}  // namespace aisp::cuda
