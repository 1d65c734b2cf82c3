// An agent that waits for launch.stream only: cuCtxSynchronize is overwritten. What other streams have
// been asked for is still there when the window is over.
#pragma once

#include "code_patch.h"
#include "device.cuh"
#include "libraries.h"

namespace corpus {

inline cudaStream_t the_waited_stream = nullptr;

inline int wait_for_the_stream() {
  return cudaStreamSynchronize(the_waited_stream) == cudaSuccess ? 0 : 999;
}

// False when the function was not found, or cannot be overwritten.
inline bool wait_for_one_stream_only(cudaStream_t stream) {
  the_waited_stream = stream;
  void* const wait = driver_function("cuCtxSynchronize");
  return wait != nullptr && redirect(wait, reinterpret_cast<const void*>(&wait_for_the_stream));
}

}  // namespace corpus
