// What a build without the CUDA toolkit has instead of device/cuda/.
#include "device/cuda_available.h"
#include "device/device.h"
#include "device/gpu_peaks.h"

namespace aisp {

Status cuda_available() {
  return Error{"use the GPU", "", "this build has no CUDA support",
               "Install the CUDA toolkit 13 and rebuild"};
}

Result<std::unique_ptr<Device>> make_cuda_device(int) { return cuda_available().error(); }
Result<GpuPeakReport> measure_gpu_peaks(const GpuPeakOptions&) { return cuda_available().error(); }

}  // namespace aisp
