#include "device/cuda/nvml.h"

#include <dlfcn.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>

#include <fmt/format.h>

#include "base/clock.h"

namespace aisp::cuda {

// Not in the anonymous namespace: Library, which has external linkage, names them.
struct NvmlUtilization {
  unsigned gpu, memory;  // percent
};
struct NvmlProcess {  // nvmlProcessInfo_v2_t
  unsigned pid;
  unsigned long long used_memory;
  unsigned gpu_instance;
  unsigned compute_instance;
};
static_assert(sizeof(NvmlProcess) == 24);

namespace {

// NVML's ABI, as far as it is used.
using Return = int;
constexpr Return kSuccess = 0;
constexpr Return kInsufficientSize = 7;
constexpr int kClockSm = 1;
constexpr int kClockMemory = 2;
constexpr int kTemperatureGpu = 0;
constexpr int kComputeExclusiveProcess = 3;
constexpr unsigned kNvLinks = 18;  // NVML_NVLINK_MAX_LINKS

constexpr unsigned long long kMemoryUnknown = ~0ull;

#define AISP_NVML_REQUIRED(X)                                 \
  X(init, "nvmlInit_v2", Return (*)())                        \
  X(shutdown, "nvmlShutdown", Return (*)())                   \
  X(error_string, "nvmlErrorString", const char* (*)(Return)) \
  X(by_uuid, "nvmlDeviceGetHandleByUUID", Return (*)(const char*, void**))
#define AISP_NVML_OPTIONAL(X)                                                              \
  X(driver_version, "nvmlSystemGetDriverVersion", Return (*)(char*, unsigned))             \
  X(clock, "nvmlDeviceGetClockInfo", Return (*)(void*, int, unsigned*))                    \
  X(max_clock, "nvmlDeviceGetMaxClockInfo", Return (*)(void*, int, unsigned*))             \
  X(clock_reasons, "nvmlDeviceGetCurrentClocksThrottleReasons",                            \
    Return (*)(void*, unsigned long long*))                                                \
  X(clock_event_reasons, "nvmlDeviceGetCurrentClocksEventReasons",                         \
    Return (*)(void*, unsigned long long*))                                                \
  X(power, "nvmlDeviceGetPowerUsage", Return (*)(void*, unsigned*))                        \
  X(energy, "nvmlDeviceGetTotalEnergyConsumption", Return (*)(void*, unsigned long long*)) \
  X(temperature, "nvmlDeviceGetTemperature", Return (*)(void*, int, unsigned*))            \
  X(utilization, "nvmlDeviceGetUtilizationRates", Return (*)(void*, NvmlUtilization*))     \
  X(processes, "nvmlDeviceGetComputeRunningProcesses_v3",                                  \
    Return (*)(void*, unsigned*, NvmlProcess*))                                            \
  X(mps_processes, "nvmlDeviceGetMPSComputeRunningProcesses_v3",                           \
    Return (*)(void*, unsigned*, NvmlProcess*))                                            \
  X(minor_number, "nvmlDeviceGetMinorNumber", Return (*)(void*, unsigned*))                \
  X(compute_mode, "nvmlDeviceGetComputeMode", Return (*)(void*, int*))                     \
  X(mig_mode, "nvmlDeviceGetMigMode", Return (*)(void*, unsigned*, unsigned*))             \
  X(nvlink_state, "nvmlDeviceGetNvLinkState", Return (*)(void*, unsigned, int*))

template <class Pointer>
using Function = Pointer;

}  // namespace

struct Nvml::Library {
  void* handle = nullptr;
  bool initialized = false;
#define AISP_NVML_DECLARE(name, symbol, ...) Function<__VA_ARGS__> name = nullptr;
  AISP_NVML_REQUIRED(AISP_NVML_DECLARE)
  AISP_NVML_OPTIONAL(AISP_NVML_DECLARE)
#undef AISP_NVML_DECLARE

  ~Library() {
    if (initialized) shutdown();
    if (handle != nullptr) dlclose(handle);
  }

  std::string words(Return code) const {
    const char* text = error_string(code);
    return fmt::format("{} (NVML {})", text != nullptr ? text : "?", code);
  }

  // A number that the GPU may not tell.
  template <class F, class... A>
  std::int64_t number(F function, A... arguments) const {
    unsigned value = 0;
    if (function == nullptr || function(arguments..., &value) != kSuccess) return -1;
    return value;
  }
};

Nvml::Nvml(std::unique_ptr<Library> library, void* device)
    : library_(std::move(library)), device_(device) {}
Nvml::~Nvml() = default;

Result<std::unique_ptr<Nvml>> Nvml::open(const std::string& uuid, const std::string& library) {
  const char* given = std::getenv("AISP_NVML");
  const std::string path = !library.empty()                     ? library
                           : given != nullptr && *given != '\0' ? given
                                                                : "libnvidia-ml.so.1";
  auto nvml = std::make_unique<Library>();
  nvml->handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (nvml->handle == nullptr) {
    const char* why = dlerror();
    return Error{"open NVML", path, why != nullptr ? why : "it cannot be opened",
                 "It comes with the NVIDIA driver"};
  }
#define AISP_NVML_FIND(name, symbol, ...) \
  nvml->name = reinterpret_cast<decltype(nvml->name)>(dlsym(nvml->handle, symbol));
#define AISP_NVML_NEED(name, symbol, ...) \
  AISP_NVML_FIND(name, symbol)            \
  if (nvml->name == nullptr)              \
    return Error{"open NVML", path, "it has no function " symbol, "Install a newer NVIDIA driver"};
  AISP_NVML_REQUIRED(AISP_NVML_NEED)
  AISP_NVML_OPTIONAL(AISP_NVML_FIND)
#undef AISP_NVML_NEED
#undef AISP_NVML_FIND
  if (const Return code = nvml->init(); code != kSuccess)
    return Error{"open NVML", path, "nvmlInit: " + nvml->words(code), "See that nvidia-smi works"};
  nvml->initialized = true;
  void* device = nullptr;
  if (const Return code = nvml->by_uuid(uuid.c_str(), &device); code != kSuccess)
    return Error{"find the GPU in NVML", uuid, nvml->words(code), {}};
  return std::unique_ptr<Nvml>(new Nvml(std::move(nvml), device));
}

GpuSample Nvml::sample() const {
  GpuSample s;
  s.at_ns = monotonic_ns();
  s.sm_mhz = static_cast<int>(library_->number(library_->clock, device_, kClockSm));
  s.memory_mhz = static_cast<int>(library_->number(library_->clock, device_, kClockMemory));
  s.temperature_c =
      static_cast<int>(library_->number(library_->temperature, device_, kTemperatureGpu));
  s.power_mw = library_->number(library_->power, device_);
  NvmlUtilization utilization{};
  if (library_->utilization != nullptr && library_->utilization(device_, &utilization) == kSuccess)
    s.utilization_percent = static_cast<int>(utilization.gpu);
  unsigned long long wide = 0;
  if (library_->energy != nullptr && library_->energy(device_, &wide) == kSuccess)
    s.energy_mj = static_cast<std::int64_t>(wide);
  const auto reasons = library_->clock_event_reasons != nullptr ? library_->clock_event_reasons
                                                                : library_->clock_reasons;
  if (reasons != nullptr && reasons(device_, &wide) == kSuccess) {
    s.clock_reasons = wide;
    s.reasons_known = true;
  }
  return s;
}

Result<std::vector<GpuProcess>> Nvml::processes() const {
  std::vector<GpuProcess> found;
  const struct {
    decltype(Library::processes) list;
    bool mps;
  } lists[] = {{library_->processes, false}, {library_->mps_processes, true}};
  for (const auto& [list, mps] : lists) {
    if (list == nullptr) {
      if (mps) continue;  // drivers without it list those of MPS with the others
      return Error{"list the GPU's processes", "NVML", "the driver has no such function",
                   "Install a newer NVIDIA driver"};
    }
    std::vector<NvmlProcess> infos(64);
    Return code = kInsufficientSize;
    unsigned count = 0;
    for (int attempt = 0; attempt < 4 && code == kInsufficientSize; ++attempt) {
      count = static_cast<unsigned>(infos.size());
      code = list(device_, &count, infos.data());
      if (code == kInsufficientSize) infos.resize(std::max<std::size_t>(count, infos.size()) * 2);
    }
    if (code != kSuccess) {
      if (mps) continue;  // not supported where there is no MPS
      return Error{"list the GPU's processes", "NVML", library_->words(code), {}};
    }
    infos.resize(std::min<std::size_t>(count, infos.size()));
    for (const NvmlProcess& info : infos)
      found.push_back({static_cast<pid_t>(info.pid),
                       info.used_memory == kMemoryUnknown ? 0 : info.used_memory, mps});
  }
  return found;
}

Result<int> Nvml::minor_number() const {
  const std::int64_t minor = library_->number(library_->minor_number, device_);
  if (minor < 0) return Error{"find the GPU's device node", "NVML", "it does not tell", {}};
  return static_cast<int>(minor);
}

std::string Nvml::driver_version() const {
  char text[96] = {};
  if (library_->driver_version == nullptr ||
      library_->driver_version(text, sizeof text - 1) != kSuccess)
    return "unknown";
  return text;
}

int Nvml::max_sm_mhz() const {
  return static_cast<int>(library_->number(library_->max_clock, device_, kClockSm));
}
int Nvml::max_memory_mhz() const {
  return static_cast<int>(library_->number(library_->max_clock, device_, kClockMemory));
}

bool Nvml::exclusive() const {
  int mode = 0;
  return library_->compute_mode != nullptr && library_->compute_mode(device_, &mode) == kSuccess &&
         mode == kComputeExclusiveProcess;
}

bool Nvml::mig() const {
  unsigned current = 0, pending = 0;
  return library_->mig_mode != nullptr &&
         library_->mig_mode(device_, &current, &pending) == kSuccess && current != 0;
}

int Nvml::active_nvlinks() const {
  int active = 0;
  for (unsigned link = 0; library_->nvlink_state != nullptr && link < kNvLinks; ++link) {
    int state = 0;
    active += library_->nvlink_state(device_, link, &state) == kSuccess && state == 1;
  }
  return active;
}

std::string clock_reasons_text(std::uint64_t reasons) {
  static constexpr struct {
    std::uint64_t bit;
    const char* words;
  } kNames[] = {{kGpuIdle, "idle"},
                {kApplicationClocks, "clocks that were set"},
                {kSoftwarePowerCap, "power cap"},
                {kHardwareSlowdown, "hardware slowdown"},
                {kSyncBoost, "sync boost"},
                {kSoftwareThermal, "thermal slowdown"},
                {kHardwareThermal, "thermal slowdown by hardware"},
                {kHardwarePowerBrake, "power brake"},
                {kDisplayClocks, "display clocks"}};
  std::string text;
  const auto add = [&text](const std::string& words) {
    if (!text.empty()) text += ", ";
    text += words;
  };
  for (const auto& [bit, words] : kNames) {
    if ((reasons & bit) != 0) add(words);
    reasons &= ~bit;
  }
  if (reasons != 0) add(fmt::format("{:#x}", reasons));
  return text;
}

GpuSharing look_at_sharing(const Nvml& nvml, const std::vector<pid_t>& ours) {
  GpuSharing sharing;
  const char* given = std::getenv("CUDA_MPS_PIPE_DIRECTORY");
  const std::string pipe =
      std::string(given != nullptr && *given != '\0' ? given : "/tmp/nvidia-mps") + "/control";
  struct stat info {};
  if (stat(pipe.c_str(), &info) == 0) {
    sharing.mps = true;
    sharing.mps_detail = "its control pipe is there: " + pipe;
  }
  auto processes = nvml.processes();
  if (!processes) {
    sharing.unknown = processes.error().message();
    return sharing;
  }
  for (const GpuProcess& process : *processes) {
    if (process.through_mps && !sharing.mps) {
      sharing.mps = true;
      sharing.mps_detail = fmt::format("process {} uses the GPU through it", process.pid);
    }
    if (std::find(ours.begin(), ours.end(), process.pid) == ours.end())
      sharing.others.push_back(process);
  }
  return sharing;
}

std::string uuid_text(std::span<const std::uint8_t, 16> bytes) {
  std::string text = "GPU-";
  for (int i = 0; i < 16; ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
    text += fmt::format("{:02x}", bytes[static_cast<std::size_t>(i)]);
  }
  return text;
}

}  // namespace aisp::cuda
