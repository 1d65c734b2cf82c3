// Which NVIDIA GPUs this machine has, by NVML, which is opened at run time. Works in builds without
// CUDA support too, and creates no context on any GPU.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"

namespace aisp {

struct ListedGpu {
  std::string name;  // "NVIDIA H200"
  std::string uuid;
  std::uint64_t memory_bytes = 0;  // 0 = not told
  int processes = -1;              // with a compute context; -1 = not told
  std::vector<std::int64_t> pids;  // theirs, as far as NVML numbers them
};

struct GpuList {
  std::string driver_version;  // empty = not told
  int cuda_version = 0;        // 13000 is CUDA 13.0: what the driver can run; 0 = not told
  std::vector<ListedGpu> gpus;
};

// Error: no driver. `library`: libnvidia-ml.so.1, or the value of AISP_NVML in the environment (a
// path, for tests).
Result<GpuList> list_gpus(const std::string& library = {});

}  // namespace aisp
