// What a worker is given of a machine that is a folder.
#include "device/cuda/worker_access.h"

#include "device/cuda/memory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace aisp::cuda {
namespace {

namespace fs = std::filesystem;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class Machine : public ::testing::Test {
 protected:
  Machine() {
    char pattern[] = "/tmp/aisp-test-XXXXXX";
    if (mkdtemp(pattern) != nullptr) root_ = pattern;
    unsetenv("CUDA_HOME");
    unsetenv("CUDA_PATH");
    unsetenv("AISP_CUPTI_LIBRARY");
  }
  ~Machine() override { fs::remove_all(root_); }

  void file(const std::string& path, const std::string& text = "x") const {
    fs::create_directories(fs::path(root_ + path).parent_path());
    std::ofstream(root_ + path, std::ios::binary) << text;
  }
  void nodes(std::initializer_list<const char*> names) const {
    for (const char* name : names) file(std::string("/dev/") + name);
  }

  std::string root_;
  GpuPlace gpu_{{0xab, 1}, "0000:0A:00.0"};
};

TEST_F(Machine, TheChosenGpusNodesAndNoOther) {
  nodes({"nvidiactl", "nvidia0", "nvidia5", "nvidia-uvm", "nvidia-uvm-tools", "nvidia-modeset"});
  file("/proc/driver/nvidia/gpus/0000:0a:00.0/information",
       "Model: \t\t NVIDIA H200\nDevice Minor: \t 5\nGPU Excluded:\t No\n");
  file("/sys/bus/pci/devices/0000:0a:00.0/numa_node", "1");
  const auto access = worker_access(gpu_, root_);
  ASSERT_TRUE(access) << access.error().message();
  EXPECT_EQ(access->kind, DeviceAccess::Kind::cuda);
  EXPECT_THAT(access->nodes, ElementsAre("/dev/nvidiactl", "/dev/nvidia5", "/dev/nvidia-uvm"));
  EXPECT_THAT(access->files, Contains("/sys/bus/pci/devices/0000:0a:00.0/numa_node"));
  EXPECT_THAT(access->proc_files, Contains("driver/nvidia/gpus/0000:0a:00.0/information"));
  EXPECT_THAT(access->environment,
              Contains("CUDA_VISIBLE_DEVICES=GPU-ab010000-0000-0000-0000-000000000000"));
  EXPECT_THAT(access->environment, Not(Contains(HasSubstr("LD_LIBRARY_PATH"))));
}

TEST_F(Machine, OneNodeIsTheOneWhereNothingTellsTheNumber) {
  nodes({"nvidiactl", "nvidia3", "nvidia-uvm"});
  const auto access = worker_access(gpu_, root_);
  ASSERT_TRUE(access) << access.error().message();
  EXPECT_THAT(access->nodes, Contains("/dev/nvidia3"));
  nodes({"nvidia4"});
  EXPECT_FALSE(worker_access(gpu_, root_));
}

TEST_F(Machine, AMissingNodeIsNamed) {
  nodes({"nvidiactl", "nvidia0"});
  const auto access = worker_access(gpu_, root_);
  ASSERT_FALSE(access);
  EXPECT_THAT(access.error().message(), HasSubstr("/dev/nvidia-uvm"));
}

TEST_F(Machine, LibrariesThatTheLoaderDoesNotKnowAreNamed) {
  nodes({"nvidiactl", "nvidia0", "nvidia-uvm"});
  file("/usr/local/cuda/lib64/libcudart.so.13");
  file("/usr/local/cuda/lib64/libcublas.so.13");
  file("/usr/local/cuda/extras/CUPTI/lib64/libcupti.so.13");
  auto access = worker_access(gpu_, root_);
  ASSERT_TRUE(access) << access.error().message();
  EXPECT_THAT(access->environment, Contains("LD_LIBRARY_PATH=/usr/local/cuda/lib64"));
  EXPECT_THAT(access->environment,
              Contains("AISP_CUPTI_LIBRARY=/usr/local/cuda/extras/CUPTI/lib64/libcupti.so.13"));
  EXPECT_THAT(access->files, Contains("/usr/local/cuda/lib64"));
  EXPECT_THAT(access->files, Contains("/usr/local/cuda/extras/CUPTI/lib64"));

  const std::string nul(1, '\0');
  file("/etc/ld.so.cache", "libcudart.so.13" + nul + "/opt/cuda/libcudart.so.13" + nul +
                               "/opt/cuda/libcublas.so.13" + nul + "/opt/cuda/libcupti.so.13" +
                               nul);
  access = worker_access(gpu_, root_);
  ASSERT_TRUE(access) << access.error().message();
  EXPECT_THAT(access->environment, Not(Contains(HasSubstr("LD_LIBRARY_PATH"))));
  EXPECT_THAT(access->environment, Contains("AISP_CUPTI_LIBRARY=/opt/cuda/libcupti.so.13"));
  EXPECT_THAT(access->files, Contains("/opt/cuda")) << "what lies outside of /usr must be lent";
}

TEST_F(Machine, CuptiIsLeftOutWhereThereIsNone) {
  nodes({"nvidiactl", "nvidia0", "nvidia-uvm"});
  const auto access = worker_access(gpu_, root_);
  ASSERT_TRUE(access) << access.error().message();
  EXPECT_THAT(access->environment, Not(Contains(HasSubstr("AISP_CUPTI_LIBRARY"))));
}

TEST(PciBusId, HasTheFormOfSysfs) { EXPECT_EQ(pci_bus_id(0, 0xa4, 0), "0000:a4:00.0"); }

TEST(Lending, IsByDescriptorWhereTheGpuCanAndElseByIpc) {
  EXPECT_EQ(*choose_lending(1, 1, nullptr), Lending::descriptor);
  EXPECT_EQ(*choose_lending(1, 1, ""), Lending::descriptor);
  EXPECT_EQ(*choose_lending(0, 1, nullptr), Lending::ipc);
  EXPECT_EQ(*choose_lending(1, 0, ""), Lending::ipc);
  EXPECT_EQ(*choose_lending(1, 1, "ipc"), Lending::ipc);
  const auto unknown = choose_lending(1, 1, "descriptor");
  ASSERT_FALSE(unknown.ok());
  EXPECT_NE(unknown.error().message().find("AISP_CUDA_LENDING"), std::string::npos);
}

}  // namespace
}  // namespace aisp::cuda
