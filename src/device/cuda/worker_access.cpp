#include "device/cuda/worker_access.h"

#include <dlfcn.h>
#include <glob.h>
#include <link.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <vector>

#include <fmt/format.h>

#include "device/cuda/nvml.h"

namespace aisp::cuda {
namespace {

namespace fs = std::filesystem;

std::string read_all(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

bool is_there(const std::string& path) {
  std::error_code error;
  return fs::exists(path, error);
}

// sysfs and /proc write hexadecimal digits small.
std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

// The <n> of /dev/nvidia<n>.
std::optional<int> minor_in_proc(const std::string& root, const std::string& pci) {
  std::istringstream lines(read_all(root + "/proc/driver/nvidia/gpus/" + pci + "/information"));
  for (std::string line; std::getline(lines, line);) {
    constexpr std::string_view kField = "Device Minor:";
    if (line.rfind(kField, 0) != 0) continue;
    const std::size_t digits = line.find_first_of("0123456789", kField.size());
    if (digits != std::string::npos) return std::atoi(line.c_str() + digits);
  }
  return std::nullopt;
}

std::vector<int> minors_in_dev(const std::string& root) {
  std::vector<int> minors;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(root + "/dev", error)) {
    const std::string name = entry.path().filename();
    if (name.size() > 6 && name.rfind("nvidia", 0) == 0 &&
        std::all_of(name.begin() + 6, name.end(),
                    [](unsigned char c) { return std::isdigit(c) != 0; }))
      minors.push_back(std::atoi(name.c_str() + 6));
  }
  return minors;
}

Result<int> find_minor(const std::string& root, const GpuPlace& gpu, const std::string& pci) {
  if (const auto minor = minor_in_proc(root, pci)) return *minor;
  if (root.empty()) {
    if (auto nvml = Nvml::open(uuid_text(gpu.uuid)))
      if (auto minor = (*nvml)->minor_number()) return *minor;
  }
  const std::vector<int> minors = minors_in_dev(root);
  if (minors.size() == 1) return minors.front();  // a container that was given one GPU
  return Error{"find the GPU's device node",
               uuid_text(gpu.uuid),
               "neither /proc/driver/nvidia nor NVML tells, and " + std::to_string(minors.size()) +
                   " nodes /dev/nvidia<n> are there",
               {}};
}

// Directories in which the loader looks without being told.
bool loader_finds(const std::string& root, const fs::path& directory, const std::string& name) {
  for (const char* standard : {"/lib", "/usr/lib", "/lib64", "/usr/lib64", "/lib/x86_64-linux-gnu",
                               "/usr/lib/x86_64-linux-gnu"})
    if (directory == standard) return true;
  return read_all(root + "/etc/ld.so.cache").find((directory / name).string() + '\0') !=
         std::string::npos;
}

// Where the loader's cache has a library; empty if it has not.
std::string path_in_cache(const std::string& root, const std::string& name) {
  // Paths stand in the cache as text, each with a zero byte before and after it.
  const std::string cache = read_all(root + "/etc/ld.so.cache");
  const std::size_t slash = cache.find('/' + name + '\0');
  if (slash == std::string::npos) return {};
  const std::size_t begin = cache.rfind('\0', slash);
  return begin == std::string::npos ? std::string()
                                    : cache.substr(begin + 1, slash + name.size() - begin);
}

// The directory of the library that this process has open; empty if it has not.
std::string directory_of_open(const char* name) {
  void* handle = dlopen(name, RTLD_NOW | RTLD_NOLOAD);
  if (handle == nullptr) return {};
  link_map* map = nullptr;
  std::string path;
  if (dlinfo(handle, RTLD_DI_LINKMAP, &map) == 0 && map != nullptr) path = map->l_name;
  dlclose(handle);
  return path.empty() || path.front() != '/' ? std::string()
                                             : fs::path(path).parent_path().string();
}

std::vector<std::string> matches(const std::string& pattern) {
  std::vector<std::string> found;
  glob_t result{};
  if (glob(pattern.c_str(), 0, nullptr, &result) == 0)
    found.assign(result.gl_pathv, result.gl_pathv + result.gl_pathc);
  globfree(&result);
  return found;
}

// Where toolkits put their libraries: the archive of NVIDIA's packages, then Python wheels.
std::vector<std::string> toolkit_directories(const std::string& root) {
  std::vector<std::string> list;
  for (const char* variable : {"CUDA_HOME", "CUDA_PATH"}) {
    const char* home = std::getenv(variable);
    if (home == nullptr || *home != '/') continue;
    for (const char* part : {"/lib64", "/lib", "/extras/CUPTI/lib64"})
      list.push_back(root + home + part);
  }
  for (const char* part :
       {"/usr/local/cuda/lib64", "/usr/local/cuda/lib", "/usr/local/cuda/targets/x86_64-linux/lib",
        "/usr/local/cuda/extras/CUPTI/lib64", "/usr/lib/x86_64-linux-gnu"})
    list.push_back(root + part);
  for (const char* pattern : {"/usr/local/lib/python3*/*-packages/nvidia/cu13/lib",
                              "/usr/local/lib/python3*/*-packages/nvidia/*/lib",
                              "/usr/lib/python3*/*-packages/nvidia/*/lib",
                              "/opt/*/lib/python3*/site-packages/nvidia/*/lib"})
    for (const std::string& found : matches(root + pattern)) list.push_back(found);
  return list;
}

std::string without_root(const std::string& path, const std::string& root) {
  return path.substr(root.size());
}

}  // namespace

std::string pci_bus_id(int domain, int bus, int device) {
  return fmt::format("{:04x}:{:02x}:{:02x}.0", domain, bus, device);
}

std::string find_cupti(const std::string& root) {
  if (const char* given = std::getenv("AISP_CUPTI_LIBRARY"); given != nullptr) return given;
  // The version that belongs to CUDA 13; others would need other records.
  constexpr const char* kName = "libcupti.so.13";
  if (std::string path = path_in_cache(root, kName); !path.empty()) return path;
  for (const std::string& directory : toolkit_directories(root))
    if (is_there(directory + "/" + kName)) return without_root(directory + "/" + kName, root);
  return {};
}

Result<DeviceAccess> worker_access(const GpuPlace& gpu, const std::string& root) {
  const std::string pci = lower(gpu.pci_bus_id);
  Result<int> minor = find_minor(root, gpu, pci);
  if (!minor) return minor.error();

  DeviceAccess access;
  access.kind = DeviceAccess::Kind::cuda;
  access.uuid = gpu.uuid;
  // Not: nvidia-modeset (graphics), nvidia-uvm-tools (counters of others' memory), nvidia-caps (MIG),
  // the nodes of other GPUs.
  access.nodes = {"/dev/nvidiactl", "/dev/nvidia" + std::to_string(*minor), "/dev/nvidia-uvm"};
  for (const std::string& node : access.nodes)
    if (!is_there(root + node))
      return Error{"give the GPU to a worker", node, "it is not there",
                   "`nvidia-modprobe -u -c 0` makes it"};

  access.proc_files = {"devices",
                       "modules",
                       "sys/vm/mmap_min_addr",
                       "driver/nvidia/version",
                       "driver/nvidia/params",
                       "driver/nvidia/registry",
                       "driver/nvidia/capabilities/mig/config",
                       "driver/nvidia/capabilities/mig/monitor",
                       "driver/nvidia/gpus/" + pci + "/information"};
  const std::string device = "/sys/bus/pci/devices/" + pci;
  for (const char* file : {"/numa_node", "/local_cpus", "/local_cpulist", "/vendor", "/device",
                           "/class", "/subsystem_vendor", "/subsystem_device", "/revision"})
    if (is_there(root + device + file)) access.files.push_back(device + file);
  for (const char* file :
       {"/sys/devices/system/memory/block_size_bytes", "/sys/module/nvidia/version",
        "/sys/module/nvidia/initstate", "/sys/module/nvidia_uvm/initstate"})
    if (is_there(root + file)) access.files.emplace_back(file);

  // The same for every worker, and nothing of the judge's own environment: one GPU, no cache on
  // disk. Kernels are loaded when they are first launched, which is the driver's default: loading all
  // of cuBLAS at once would take seconds and gigabytes.
  access.environment = {"CUDA_VISIBLE_DEVICES=" + uuid_text(gpu.uuid),
                        "CUDA_DEVICE_ORDER=PCI_BUS_ID", "CUDA_CACHE_DISABLE=1",
                        "CUDA_MODULE_LOADING=LAZY"};

  std::vector<std::string> libraries;  // directories
  const auto add_library = [&](const std::string& directory) {
    if (std::find(libraries.begin(), libraries.end(), directory) == libraries.end())
      libraries.push_back(directory);
  };
  if (root.empty()) {
    const std::string driver = directory_of_open("libcuda.so.1");
    if (!driver.empty() && !loader_finds(root, driver, "libcuda.so.1")) add_library(driver);
    if (!driver.empty()) access.files.push_back(driver);
  }
  // For implementations that use them.
  for (const char* name : {"libcudart.so.13", "libcublas.so.13"}) {
    if (const std::string path = path_in_cache(root, name); !path.empty()) {
      access.files.push_back(fs::path(path).parent_path().string());
      continue;
    }
    for (const std::string& directory : toolkit_directories(root)) {
      if (!is_there(directory + "/" + name)) continue;
      add_library(without_root(directory, root));
      break;
    }
  }
  if (!libraries.empty()) {
    std::string path;
    for (const std::string& directory : libraries) path += (path.empty() ? "" : ":") + directory;
    access.environment.push_back("LD_LIBRARY_PATH=" + path);
  }
  for (const std::string& directory : libraries) access.files.push_back(directory);
  if (const std::string cupti = find_cupti(root); !cupti.empty()) {
    access.environment.push_back("AISP_CUPTI_LIBRARY=" + cupti);
    if (cupti.front() == '/') access.files.push_back(fs::path(cupti).parent_path().string());
  }
  return access;
}

}  // namespace aisp::cuda
