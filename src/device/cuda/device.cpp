#include <algorithm>
#include <cstdlib>

#include <fmt/format.h>

#include "device/cuda/buffers.h"
#include "device/cuda/watch.h"
#include "device/cuda/worker_access.h"

namespace aisp {
namespace {

using namespace cuda;

class CudaDevice final : public Device {
 public:
  CudaDevice(std::shared_ptr<Gpu> gpu, DeviceAccess access)
      : gpu_(std::move(gpu)), access_(std::move(access)) {
    auto nvml = Nvml::open(uuid_text(gpu_->uuid()));
    if (!nvml) {
      unwatched_ = nvml.error().message();
      return;
    }
    driver_version_ = (*nvml)->driver_version();
    max_sm_mhz_ = (*nvml)->max_sm_mhz();
    watch_ = watch_gpu(std::move(*nvml));
  }

  std::string name() const override { return "cuda"; }
  // From the clocks and widths that the driver tells: a floor under claims must not be too low a peak,
  // and no measurement gets there.
  Peaks peaks() const override {
    const double clock_hz = 1e3 * gpu_->attribute(CU_DEVICE_ATTRIBUTE_CLOCK_RATE);
    const double memory_hz = 1e3 * gpu_->attribute(CU_DEVICE_ATTRIBUTE_MEMORY_CLOCK_RATE);
    const int processors = gpu_->attribute(CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT);
    const int bus_bits = gpu_->attribute(CU_DEVICE_ATTRIBUTE_GLOBAL_MEMORY_BUS_WIDTH);
    // 128 fp32 lanes a multiprocessor; two transfers a memory clock.
    return {processors * 128 * 2 * clock_hz, 2 * memory_hz * bus_bits / 8,
            fmt::format("nominal: {}, {} multiprocessors at {:.0f} MHz, {} bits at {:.0f} MHz",
                        gpu_->name(), processors, clock_hz / 1e6, bus_bits, memory_hz / 1e6)};
  }
  // Tensor cores against plain fp32 on Hopper: fp8 1979 TFLOP/s against 67.
  double low_precision_speedup() const override { return 32; }
  DeviceWatch* watch() const override { return watch_.get(); }
  std::string unwatched() const override { return unwatched_; }
  std::optional<Memory> memory() const override {
    std::size_t free = 0, total = 0;
    if (gpu_->driver().MemGetInfo(&free, &total) != CUDA_SUCCESS) return std::nullopt;
    return Memory{free, total};
  }
  std::map<std::string, std::string> facts() const override {
    int cuda = 0;
    if (gpu_->driver().DriverGetVersion(&cuda) != CUDA_SUCCESS) cuda = 0;
    const auto version = [](int v) { return fmt::format("{}.{}", v / 1000, v % 1000 / 10); };
    std::size_t bytes = 0;
    must(check(gpu_->driver().DeviceTotalMem(&bytes, gpu_->device()), "ask for the GPU's memory"));
    const std::string cupti = find_cupti();
    return {{"gpu", gpu_->name()},
            {"gpu uuid", uuid_text(gpu_->uuid())},
            {"gpu memory", fmt::format("{} MiB", bytes >> 20)},
            {"gpu architecture", architecture()},
            {"gpu multiprocessors",
             std::to_string(gpu_->attribute(CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT))},
            {"gpu highest clock", max_sm_mhz_ < 0 ? "unknown" : fmt::format("{} MHz", max_sm_mhz_)},
            {"nvidia driver", driver_version_},
            {"cuda of the driver", cuda == 0 ? "unknown" : version(cuda)},
            {"gpu memory lent by", gpu_->lends_by_ipc() ? "CUDA IPC" : "file descriptor"},
            {"cuda of the build", version(CUDA_VERSION)},
            {"cupti", cupti.empty() ? "not found" : cupti}};
  }
  DeviceAccess worker_access() const override { return access_; }
  DeviceAccess::Kind worker_access_kind() const override { return DeviceAccess::Kind::cuda; }
  // With `a` from Hopper on: code for this very GPU, tensor memory and wgmma included, as -march=native.
  std::string architecture() const override {
    const int major = gpu_->attribute(CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR);
    const int minor = gpu_->attribute(CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR);
    return fmt::format("sm_{}{}{}", major, minor, major >= 9 ? "a" : "");
  }
  // 384 calls of 10 µs make a window of 4 ms, and with their marks they still fit into the GPU's queue
  // (1,024).
  int most_calls_per_window() const override { return 384; }
  // A call should not have to be alone in its window because its tensors are large. Beside the buffers there are
  // the frozen copy, the baseline's outputs, those of whoever ran before it, and what the reference says in
  // fp64: at most 8 times the outputs, and once more for each implementation.
  std::uint64_t buffer_budget(std::uint64_t usual, int implementations) const override {
    const std::uint64_t share =
        gpu_->total_bytes() / (9 + static_cast<std::uint64_t>(std::max(implementations, 1)));
    return std::max(usual, std::min<std::uint64_t>(share, 12ull << 30));
  }
  // All of it is page-locked, in the judge and in every worker.
  std::uint64_t host_buffer_budget() const override { return 2ull << 30; }
  Result<std::unique_ptr<Buffers>> allocate(const Problem& problem, Layout layout) override {
    return CudaBuffers::create(gpu_, problem, std::move(layout));
  }

 private:
  std::shared_ptr<Gpu> gpu_;
  DeviceAccess access_;
  std::string driver_version_ = "unknown";
  int max_sm_mhz_ = -1;
  std::string unwatched_;
  std::unique_ptr<DeviceWatch> watch_;
};

}  // namespace

Result<std::unique_ptr<Device>> make_cuda_device(int ordinal) {
  try {
    auto gpu = Gpu::open(ordinal);
    if (!gpu) return gpu.error();
    const auto lending = choose_lending(
        (*gpu)->attribute(CU_DEVICE_ATTRIBUTE_VIRTUAL_MEMORY_MANAGEMENT_SUPPORTED),
        (*gpu)->attribute(CU_DEVICE_ATTRIBUTE_HANDLE_TYPE_POSIX_FILE_DESCRIPTOR_SUPPORTED),
        std::getenv("AISP_CUDA_LENDING"));
    if (!lending) return lending.error();
    if (*lending == Lending::ipc) (*gpu)->lend_by_ipc();
    GpuPlace place;
    place.uuid = (*gpu)->uuid();
    place.pci_bus_id = (*gpu)->pci_bus_id();
    auto access = worker_access(place);
    if (!access) return access.error();
    return std::unique_ptr<Device>(new CudaDevice(std::move(*gpu), std::move(*access)));
  } catch (const Failure& failure) {
    return Error{"use the GPU", std::to_string(ordinal), failure.what(), ""};
  }
}

}  // namespace aisp
