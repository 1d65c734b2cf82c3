#include "device/cuda/driver.h"
#include "device/cuda_available.h"

namespace aisp {

Status cuda_available() {
  const auto driver = cuda::driver();
  if (!driver) return driver.error();
  return success();
}

}  // namespace aisp
