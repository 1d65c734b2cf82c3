// NVML behind the interface of all devices.
#pragma once

#include <memory>

#include "device/cuda/gpu_sampler.h"
#include "device/device_watch.h"

namespace aisp::cuda {

// Samples from now until it goes.
std::unique_ptr<DeviceWatch> watch_gpu(std::unique_ptr<Nvml> nvml,
                                       GpuSampler::Options options = {});

}  // namespace aisp::cuda
