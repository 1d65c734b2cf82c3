#include "device/cuda/driver.h"

#include <dlfcn.h>

#include <cstdlib>
#include <string>

#include <fmt/format.h>

namespace aisp::cuda {
namespace {

// cuda.h redirects names to versions by macros: cuMemAlloc is cuMemAlloc_v2.
#define AISP_CUDA_TEXT_OF(symbol) #symbol
#define AISP_CUDA_TEXT(symbol) AISP_CUDA_TEXT_OF(symbol)

constexpr const char* kWhat = "use the GPU";
constexpr const char* kUpdate = "Install a newer NVIDIA driver (580 or later for CUDA 13)";

std::string version_text(int version) {
  return fmt::format("{}.{}", version / 1000, version % 1000 / 10);
}

// "CUDA_ERROR_NO_DEVICE, no CUDA-capable device is detected"; the driver may lack words for codes
// of its own future.
std::string words(const Driver& functions, CUresult code) {
  const char* name = nullptr;
  const char* text = nullptr;
  if (functions.GetErrorName == nullptr || functions.GetErrorName(code, &name) != CUDA_SUCCESS)
    name = nullptr;
  if (functions.GetErrorString == nullptr || functions.GetErrorString(code, &text) != CUDA_SUCCESS)
    text = nullptr;
  std::string result =
      name != nullptr ? std::string(name) : fmt::format("CUDA error {}", static_cast<int>(code));
  if (text != nullptr) result += fmt::format(", {}", text);
  return result;
}

Result<Driver> open_driver() {
  const char* const given = std::getenv("AISP_CUDA_DRIVER");
  const std::string library = given != nullptr && *given != '\0' ? given : "libcuda.so.1";
  void* const handle = dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) {
    const char* const why = dlerror();
    return Error{kWhat, library, why != nullptr ? why : "it cannot be opened",
                 "Install the NVIDIA driver, or choose --device cpu"};
  }

  Driver functions;
  std::string missing;
  int missing_count = 0;
#define AISP_CUDA_FIND(name, symbol)                                                     \
  functions.name =                                                                       \
      reinterpret_cast<decltype(functions.name)>(dlsym(handle, AISP_CUDA_TEXT(symbol))); \
  if (functions.name == nullptr && missing_count++ == 0) missing = AISP_CUDA_TEXT(symbol);
  AISP_CUDA_DRIVER_FUNCTIONS(AISP_CUDA_FIND)
#undef AISP_CUDA_FIND
  if (missing_count > 0) {
    int version = 0;
    const bool known = functions.DriverGetVersion != nullptr &&
                       functions.DriverGetVersion(&version) == CUDA_SUCCESS;
    return Error{
        kWhat, library,
        fmt::format(
            "the driver is too old: it lacks {}{}; it is for CUDA {}, and this "
            "build is for CUDA {}",
            missing,
            missing_count > 1 ? fmt::format(" and {} more functions", missing_count - 1) : "",
            known ? version_text(version) : "of an unknown version", version_text(CUDA_VERSION)),
        kUpdate};
  }

  if (const CUresult code = functions.Init(0); code != CUDA_SUCCESS) {
    std::string fix = "See that nvidia-smi works here, and that /dev/nvidia* can be opened";
    if (code == CUDA_ERROR_NO_DEVICE)
      fix =
          "See that nvidia-smi lists a GPU and that CUDA_VISIBLE_DEVICES does not hide it, or "
          "choose --device cpu";
    if (code == CUDA_ERROR_SYSTEM_DRIVER_MISMATCH)
      fix = "The library is not of the version of the kernel module: restart after updating";
    return Error{kWhat, library, "cuInit: " + words(functions, code), std::move(fix)};
  }
  int devices = 0;
  if (const CUresult code = functions.DeviceGetCount(&devices); code != CUDA_SUCCESS)
    return Error{kWhat, library, "cuDeviceGetCount: " + words(functions, code),
                 "See that nvidia-smi works here"};
  if (devices == 0)
    return Error{kWhat, library, "the driver sees no GPU",
                 "See that nvidia-smi lists one and that CUDA_VISIBLE_DEVICES does not hide it, or "
                 "choose --device cpu"};
  return functions;
}

const Result<Driver>& opened() {
  static const Result<Driver> result = open_driver();
  return result;
}

}  // namespace

Result<const Driver*> driver() {
  const Result<Driver>& result = opened();
  if (!result) return result.error();
  return &*result;
}

Status check(CUresult code, const std::string& what) {
  if (code == CUDA_SUCCESS) return success();
  const Result<Driver>& result = opened();
  std::string why =
      result ? words(*result, code) : fmt::format("CUDA error {}", static_cast<int>(code));
  std::string fix;
  switch (code) {
    case CUDA_ERROR_OUT_OF_MEMORY: fix = "See what else uses the GPU's memory"; break;
    case CUDA_ERROR_NO_BINARY_FOR_GPU:
    case CUDA_ERROR_UNSUPPORTED_PTX_VERSION: fix = kUpdate; break;
    case CUDA_ERROR_ECC_UNCORRECTABLE:
      fix = "The GPU's memory is damaged: see nvidia-smi -q";
      break;
    default: break;
  }
  return Error{what, "", std::move(why), std::move(fix)};
}

}  // namespace aisp::cuda
