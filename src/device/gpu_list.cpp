#include "device/gpu_list.h"

#include <dlfcn.h>

#include <cstdlib>

namespace aisp {
namespace {

// NVML's ABI, as far as it is used.
using Return = int;
constexpr Return kSuccess = 0;
constexpr Return kInsufficientSize = 7;

struct Memory {
  unsigned long long total, free, used;
};
struct ProcessInfo {  // nvmlProcessInfo_v2_t
  unsigned pid;
  unsigned long long used_memory;
  unsigned gpu_instance, compute_instance;
};
static_assert(sizeof(ProcessInfo) == 24);

class Library {
 public:
  explicit Library(const std::string& path) : handle_(dlopen(path.c_str(), RTLD_NOW)) {}
  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;
  ~Library() {
    if (shut_down != nullptr) shut_down();
    if (handle_ != nullptr) dlclose(handle_);
  }
  bool open() const { return handle_ != nullptr; }
  template <class Function>
  Function find(const char* symbol) const {
    return reinterpret_cast<Function>(dlsym(handle_, symbol));
  }
  Return (*shut_down)() = nullptr;

 private:
  void* handle_;
};

}  // namespace

Result<GpuList> list_gpus(const std::string& library) {
  const char* given = std::getenv("AISP_NVML");
  const std::string path = !library.empty()                     ? library
                           : given != nullptr && *given != '\0' ? given
                                                                : "libnvidia-ml.so.1";
  Library nvml(path);
  const auto fail = [&](std::string why) {
    return Error{"list the GPUs", path, std::move(why), "It comes with the NVIDIA driver"};
  };
  if (!nvml.open()) return fail("there is no such library");
  const auto init = nvml.find<Return (*)()>("nvmlInit_v2");
  const auto count = nvml.find<Return (*)(unsigned*)>("nvmlDeviceGetCount_v2");
  const auto by_index = nvml.find<Return (*)(unsigned, void**)>("nvmlDeviceGetHandleByIndex_v2");
  const auto name = nvml.find<Return (*)(void*, char*, unsigned)>("nvmlDeviceGetName");
  if (init == nullptr || count == nullptr || by_index == nullptr || name == nullptr)
    return fail("it lacks functions that every driver has");
  if (const Return code = init(); code != kSuccess)
    return fail("nvmlInit failed with " + std::to_string(code));
  nvml.shut_down = nvml.find<Return (*)()>("nvmlShutdown");

  GpuList list;
  char text[128] = {};
  if (const auto driver = nvml.find<Return (*)(char*, unsigned)>("nvmlSystemGetDriverVersion");
      driver != nullptr && driver(text, sizeof text) == kSuccess)
    list.driver_version = text;
  if (const auto cuda = nvml.find<Return (*)(int*)>("nvmlSystemGetCudaDriverVersion_v2");
      cuda == nullptr || cuda(&list.cuda_version) != kSuccess)
    list.cuda_version = 0;
  unsigned gpus = 0;
  if (const Return code = count(&gpus); code != kSuccess)
    return fail("nvmlDeviceGetCount failed with " + std::to_string(code));
  const auto uuid = nvml.find<Return (*)(void*, char*, unsigned)>("nvmlDeviceGetUUID");
  const auto memory = nvml.find<Return (*)(void*, Memory*)>("nvmlDeviceGetMemoryInfo");
  const auto processes = nvml.find<Return (*)(void*, unsigned*, ProcessInfo*)>(
      "nvmlDeviceGetComputeRunningProcesses_v3");
  for (unsigned i = 0; i < gpus && i < 256; ++i) {
    void* device = nullptr;
    if (by_index(i, &device) != kSuccess) continue;  // not ours to use
    ListedGpu gpu;
    if (name(device, text, sizeof text) == kSuccess) gpu.name = text;
    if (uuid != nullptr && uuid(device, text, sizeof text) == kSuccess) gpu.uuid = text;
    if (Memory m{}; memory != nullptr && memory(device, &m) == kSuccess) gpu.memory_bytes = m.total;
    if (processes != nullptr) {
      std::vector<ProcessInfo> infos(64);
      unsigned used = 64;
      Return code = processes(device, &used, infos.data());
      if (code == kInsufficientSize && used < 65536) {
        infos.resize(used + 64u);
        used = static_cast<unsigned>(infos.size());
        code = processes(device, &used, infos.data());
      }
      if (code == kSuccess && used <= infos.size()) {
        gpu.processes = static_cast<int>(used);
        for (unsigned p = 0; p < used; ++p) gpu.pids.push_back(infos[p].pid);
      }
    }
    list.gpus.push_back(std::move(gpu));
  }
  return list;
}

}  // namespace aisp
