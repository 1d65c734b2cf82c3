// NVML behind the interface of all devices, with a made-up NVML.
#include "device/cuda/watch.h"

#include <dlfcn.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <thread>

#include "base/clock.h"
#include "worker_cuda/fake_nvml.h"

namespace aisp::cuda {
namespace {

using aisp::testing::FakeNvml;
using aisp::testing::kFakeUuid;

class Watching : public ::testing::Test {
 protected:
  Watching() {
    library_ = dlopen(AISP_FAKE_NVML, RTLD_NOW);
    fake_ = reinterpret_cast<FakeNvml* (*)()>(dlsym(library_, "fake_nvml_state"))();
    fake_->reasons = 0;
    fake_->processes = 0;
    fake_->mps_processes = 0;
    fake_->own_pid = 0;
    fake_->compute_mode = 0;
  }
  ~Watching() override { dlclose(library_); }

  std::unique_ptr<DeviceWatch> watch() {
    auto nvml = Nvml::open(kFakeUuid, AISP_FAKE_NVML);
    if (!nvml) throw std::runtime_error(nvml.error().message());
    return watch_gpu(std::move(*nvml), {.period_ms = 2, .samples_per_process_list = 1});
  }
  static void wait_for_samples(const DeviceWatch& watch, int more) {
    const int wanted = watch.state().samples + more;
    const std::int64_t until = monotonic_ns() + 20'000'000'000;
    while (watch.state().samples < wanted && monotonic_ns() < until) std::this_thread::yield();
  }

  void* library_;
  FakeNvml* fake_;
};

TEST_F(Watching, WindowsAreMarkedByTheSamplesAroundThem) {
  const auto it = watch();
  wait_for_samples(*it, 5);
  const std::int64_t before = monotonic_ns();
  wait_for_samples(*it, 5);
  fake_->reasons = kSoftwarePowerCap;
  wait_for_samples(*it, 5);
  const std::int64_t during = monotonic_ns();
  wait_for_samples(*it, 5);
  EXPECT_EQ(it->slowed_within(before, before + 1), false);
  EXPECT_EQ(it->slowed_within(during, during + 1), true);
  EXPECT_EQ(it->slowed_within(1000, 2000), std::nullopt) << "nobody looked then";
  EXPECT_EQ(it->state().slowed_by, "power cap");
  EXPECT_GT(it->state().slowed_samples, 0);
}

TEST_F(Watching, OthersAreOnlyToldWhereTheListHasTheJudge) {
  fake_->processes = 1;  // pid 100
  {
    const auto it = watch();
    wait_for_samples(*it, 2);
    EXPECT_NE(it->sharing().others_unknown, "") << "a list of another PID namespace proves nothing";
    EXPECT_TRUE(it->sharing().others.empty());
    EXPECT_NE(it->state().others_unknown, "");
  }
  fake_->own_pid = getpid();
  const auto it = watch();
  wait_for_samples(*it, 2);
  EXPECT_EQ(it->sharing().others_unknown, "");
  EXPECT_EQ(it->sharing().others, std::vector<int>{100});
  EXPECT_EQ(it->state().others, std::vector<int>{100});
  it->add_ours(100);
  EXPECT_TRUE(it->sharing().others.empty());
  EXPECT_TRUE(it->state().others.empty());
}

TEST_F(Watching, NobodyAsksTheGpuWhileItIsHeld) {
  const auto it = watch();
  wait_for_samples(*it, 3);
  {
    const auto ours = it->hold();
    const int asked = fake_->samples;
    std::this_thread::sleep_for(std::chrono::milliseconds(30));
    EXPECT_EQ(fake_->samples, asked);
  }
  wait_for_samples(*it, 3);  // and then it goes on
}

TEST_F(Watching, SharingIsSeen) {
  fake_->compute_mode = 3;  // exclusive process
  fake_->mps_processes = 1;
  const auto it = watch();
  EXPECT_TRUE(it->sharing().exclusive);
  EXPECT_NE(it->sharing().mps, "");
}

}  // namespace
}  // namespace aisp::cuda
