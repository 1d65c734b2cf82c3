// All functions of the driver's table, as one that fails: weak, so that fake_driver.cpp's stand
// before.
#include "device/cuda/driver.h"

#ifndef FAKE_OLD
extern "C" __attribute__((visibility("default"))) CUresult fake_anything() {
  return CUDA_ERROR_NOT_SUPPORTED;
}

#define TEXT_OF(symbol) #symbol
#define TEXT(symbol) TEXT_OF(symbol)
#define ALIAS(name, symbol) asm(".weak " TEXT(symbol) "\n.set " TEXT(symbol) ", fake_anything\n");
AISP_CUDA_DRIVER_FUNCTIONS(ALIAS)
#endif
