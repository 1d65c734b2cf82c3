#include "device/cuda/nvml.h"

#include <dlfcn.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "worker_cuda/fake_nvml.h"

namespace aisp::cuda {
namespace {

using aisp::testing::FakeNvml;
using aisp::testing::kFakeUuid;
using ::testing::HasSubstr;

class NvmlTest : public ::testing::Test {
 protected:
  NvmlTest() {
    library_ = dlopen(AISP_FAKE_NVML, RTLD_NOW);
    const auto state = library_ == nullptr
                           ? nullptr
                           : reinterpret_cast<FakeNvml* (*)()>(dlsym(library_, "fake_nvml_state"));
    if (state != nullptr) fake_ = state();
  }
  ~NvmlTest() override {
    if (library_ != nullptr) dlclose(library_);  // and its state with it
  }
  void SetUp() override { ASSERT_NE(fake_, nullptr) << dlerror(); }

  std::unique_ptr<Nvml> open() const {
    auto nvml = Nvml::open(kFakeUuid, AISP_FAKE_NVML);
    if (nvml) return std::move(*nvml);
    ADD_FAILURE() << nvml.error().message();
    return nullptr;
  }

  void* library_;
  FakeNvml* fake_ = nullptr;
};

TEST_F(NvmlTest, ASampleIsWhatTheGpuTells) {
  fake_->reasons = kSoftwarePowerCap | kGpuIdle;
  const auto nvml = open();
  ASSERT_TRUE(nvml);
  const GpuSample s = nvml->sample();
  EXPECT_GT(s.at_ns, 0);
  EXPECT_EQ(s.sm_mhz, 1980);
  EXPECT_EQ(s.memory_mhz, 3201);
  EXPECT_EQ(s.temperature_c, 61);
  EXPECT_EQ(s.utilization_percent, 97);
  EXPECT_EQ(s.power_mw, 700'000);
  EXPECT_EQ(s.energy_mj, 1000);
  EXPECT_EQ(s.clock_reasons, kSoftwarePowerCap | kGpuIdle);
  EXPECT_EQ(nvml->driver_version(), "580.00");
  EXPECT_EQ(nvml->max_sm_mhz(), 1980);
  EXPECT_EQ(*nvml->minor_number(), 3);
  EXPECT_FALSE(nvml->exclusive());
  EXPECT_FALSE(nvml->mig()) << "a driver without the function has no MIG";
}

TEST_F(NvmlTest, WhatTheGpuDoesNotTellIsNegative) {
  fake_->temperature_code = 3;  // NVML_ERROR_NOT_SUPPORTED
  const auto nvml = open();
  ASSERT_TRUE(nvml);
  EXPECT_EQ(nvml->sample().temperature_c, -1);
}

TEST_F(NvmlTest, IsShutDownWhenItIsDropped) {
  auto nvml = open();
  EXPECT_EQ(fake_->initialized, 1);
  nvml.reset();
  EXPECT_EQ(fake_->initialized, 0);
}

TEST_F(NvmlTest, SaysWhatIsMissing) {
  const auto none = Nvml::open(kFakeUuid, "/nonexistent/libnvidia-ml.so.1");
  ASSERT_FALSE(none);
  EXPECT_THAT(none.error().message(), HasSubstr("/nonexistent/libnvidia-ml.so.1"));
  const auto other = Nvml::open("GPU-ffffffff-0000-0000-0000-000000000000", AISP_FAKE_NVML);
  ASSERT_FALSE(other);
  EXPECT_THAT(other.error().message(), HasSubstr("GPU-ffffffff"));
  const auto no_nvml = Nvml::open(kFakeUuid, "libm.so.6");
  ASSERT_FALSE(no_nvml);
  EXPECT_THAT(no_nvml.error().message(), HasSubstr("nvmlInit_v2"));
  fake_->init_code = 9;
  const auto no_driver = Nvml::open(kFakeUuid, AISP_FAKE_NVML);
  ASSERT_FALSE(no_driver);
  EXPECT_THAT(no_driver.error().message(), HasSubstr("Driver Not Loaded"));
}

TEST_F(NvmlTest, ListsMoreProcessesThanItHadRoomFor) {
  fake_->processes = 500;
  fake_->mps_processes = 2;
  const auto nvml = open();
  ASSERT_TRUE(nvml);
  const auto processes = nvml->processes();
  ASSERT_TRUE(processes) << processes.error().message();
  ASSERT_EQ(processes->size(), 502u);
  EXPECT_EQ((*processes)[0].pid, 100);
  EXPECT_EQ((*processes)[499].pid, 599);
  EXPECT_FALSE((*processes)[499].through_mps);
  EXPECT_TRUE((*processes)[501].through_mps);
  EXPECT_EQ((*processes)[0].memory_bytes, 1ull << 20);
}

TEST_F(NvmlTest, SharingIsOthersAndMps) {
  setenv("CUDA_MPS_PIPE_DIRECTORY", "/nonexistent", 1);
  fake_->processes = 3;
  const auto nvml = open();
  ASSERT_TRUE(nvml);
  GpuSharing sharing = look_at_sharing(*nvml, {100, 102});
  EXPECT_FALSE(sharing.mps);
  ASSERT_EQ(sharing.others.size(), 1u);
  EXPECT_EQ(sharing.others[0].pid, 101);

  fake_->mps_processes = 1;
  sharing = look_at_sharing(*nvml, {100, 101, 102});
  EXPECT_TRUE(sharing.mps);
  EXPECT_THAT(sharing.mps_detail, HasSubstr("200"));

  fake_->processes_code = 4;  // NVML_ERROR_NO_PERMISSION
  sharing = look_at_sharing(*nvml, {});
  EXPECT_FALSE(sharing.unknown.empty());

  fake_->compute_mode = 3;
  EXPECT_TRUE(nvml->exclusive());
  unsetenv("CUDA_MPS_PIPE_DIRECTORY");
}

TEST(NvmlText, ReasonsAndUuid) {
  EXPECT_EQ(clock_reasons_text(0), "");
  EXPECT_EQ(clock_reasons_text(kSoftwarePowerCap | kHardwareThermal),
            "power cap, thermal slowdown by hardware");
  EXPECT_EQ(clock_reasons_text(kGpuIdle | 0x1000), "idle, 0x1000");
  const std::uint8_t bytes[16] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  EXPECT_EQ(uuid_text(bytes), kFakeUuid);
}

}  // namespace
}  // namespace aisp::cuda
