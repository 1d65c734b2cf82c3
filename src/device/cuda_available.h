// Whether this build and this machine can judge on an NVIDIA GPU. Needs no header of the CUDA toolkit.
#pragma once

#include "base/result.h"

namespace aisp {

// Success, or what is missing or too old and what to do about it: CUDA support in this build, the
// driver, a device.
Status cuda_available();

}  // namespace aisp
