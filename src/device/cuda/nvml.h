// NVML, opened at run time: clocks, power, temperature, and who else is on the GPU. nvml.h is not
// needed to build; the few functions and structures used are declared here as its ABI has them.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"

namespace aisp::cuda {

// One reading. Negative = the GPU or the driver does not tell.
struct GpuSample {
  std::int64_t at_ns = 0;  // CLOCK_MONOTONIC
  int sm_mhz = -1;
  int memory_mhz = -1;
  int temperature_c = -1;
  int utilization_percent = -1;  // of the last sample period of the driver's, 1/6 to 1 s
  std::int64_t power_mw = -1;
  std::int64_t energy_mj = -1;      // since the driver was loaded
  std::uint64_t clock_reasons = 0;  // ClockReason
  bool reasons_known = false;
};

// Why clocks are below what they could be; bits of nvmlClocksEventReasons.
enum ClockReason : std::uint64_t {
  kGpuIdle = 0x1,
  kApplicationClocks = 0x2,  // somebody set them
  kSoftwarePowerCap = 0x4,
  kHardwareSlowdown = 0x8,
  kSyncBoost = 0x10,
  kSoftwareThermal = 0x20,
  kHardwareThermal = 0x40,
  kHardwarePowerBrake = 0x80,
  kDisplayClocks = 0x100,
};
// Those that slow down a GPU that has work.
inline constexpr std::uint64_t kThrottled = kSoftwarePowerCap | kHardwareSlowdown |
                                            kSoftwareThermal | kHardwareThermal |
                                            kHardwarePowerBrake;
// "power cap, thermal slowdown"; empty for 0.
std::string clock_reasons_text(std::uint64_t reasons);

struct GpuProcess {
  pid_t pid = 0;  // as this process's PID namespace numbers it; 0 = outside of it
  std::uint64_t memory_bytes = 0;
  bool through_mps = false;
};

// One GPU as NVML sees it. Any thread may ask.
class Nvml {
 public:
  // `uuid`: "GPU-…" as CUDA and nvidia-smi print it. `library`: libnvidia-ml.so.1, or the value of
  // AISP_NVML in the environment (a path, for tests).
  static Result<std::unique_ptr<Nvml>> open(const std::string& uuid,
                                            const std::string& library = {});
  ~Nvml();
  Nvml(const Nvml&) = delete;
  Nvml& operator=(const Nvml&) = delete;

  GpuSample sample() const;
  // Processes with a compute context on the GPU.
  Result<std::vector<GpuProcess>> processes() const;
  Result<int> minor_number() const;  // of /dev/nvidia<n>
  std::string driver_version() const;
  int max_sm_mhz() const;  // -1 = unknown
  int max_memory_mhz() const;
  bool exclusive() const;  // compute mode: one process only, so that workers cannot start
  bool mig() const;        // divided into instances
  int active_nvlinks() const;

 private:
  struct Library;
  explicit Nvml(std::unique_ptr<Library> library, void* device);
  std::unique_ptr<Library> library_;
  void* device_;
};

// Who shares the GPU: MPS (its server runs everybody's work in one context), other processes.
struct GpuSharing {
  bool mps = false;
  std::string mps_detail;          // how it was seen
  std::vector<GpuProcess> others;  // not among `ours`
  std::string unknown;             // why the processes could not be listed
};
// `ours`: the judge and its workers. Looks for the control pipe of MPS below
// $CUDA_MPS_PIPE_DIRECTORY (/tmp/nvidia-mps where that is not set), and at NVML's lists.
GpuSharing look_at_sharing(const Nvml& nvml, const std::vector<pid_t>& ours);

// "GPU-01234567-89ab-cdef-0123-456789abcdef" of the 16 bytes that cuDeviceGetUuid gives.
std::string uuid_text(std::span<const std::uint8_t, 16> bytes);

}  // namespace aisp::cuda
