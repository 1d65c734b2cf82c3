// Stands in for libcuda.so.1. FAKE_OLD: has only what tells its version. FAKE_BROKEN: cuInit fails.
// FAKE_EMPTY: no device. fake_functions.cpp has what is never reached.
#include "device/cuda/driver.h"

#define EXPORTED extern "C" __attribute__((visibility("default")))

namespace {
constexpr int kOldVersion = 11040;
constexpr CUresult kFake = static_cast<CUresult>(777);
}  // namespace

EXPORTED CUresult cuDriverGetVersion(int* version) {
  *version = kOldVersion;
  return CUDA_SUCCESS;
}

#ifndef FAKE_OLD
EXPORTED CUresult cuInit(unsigned) {
#ifdef FAKE_BROKEN
  return kFake;
#else
  return CUDA_SUCCESS;
#endif
}
EXPORTED CUresult cuGetErrorName(CUresult, const char** name) {
  *name = "CUDA_ERROR_FAKE";
  return CUDA_SUCCESS;
}
EXPORTED CUresult cuGetErrorString(CUresult, const char** text) {
  *text = "the fake driver does nothing";
  return CUDA_SUCCESS;
}
EXPORTED CUresult cuDeviceGetCount(int* count) {
  *count = 0;
  return CUDA_SUCCESS;
}
#endif
