// Streams that wait for a word in the device's memory, or write one: nothing runs meanwhile, and CUPTI has no
// record of either.
#pragma once

#include <cuda.h>

#include "device.cuh"
#include "libraries.h"

namespace corpus {

// To load a kernel may mean to wait for the whole context: not to be left for the moment when a stream stands still.
template <class Kernel>
void load(Kernel* kernel) {
  cudaFuncAttributes attributes;
  check(cudaFuncGetAttributes(&attributes, kernel));
}

class StreamValues {
 public:
  StreamValues()
      : wait_(reinterpret_cast<Operation>(driver_function("cuStreamWaitValue32_v2"))),
        write_(reinterpret_cast<Operation>(driver_function("cuStreamWriteValue32_v2"))) {}

  // What follows on `stream` begins when the word at `at` has one of the bits of `mask`.
  bool wait_for_bits(cudaStream_t stream, const void* at, std::uint32_t mask) const {
    return wait_ != nullptr && wait_(stream, reinterpret_cast<CUdeviceptr>(at), mask,
                                     CU_STREAM_WAIT_VALUE_AND) == CUDA_SUCCESS;
  }
  // What follows on `stream` begins when the word at `at` is `value` or has passed it.
  bool wait_for(cudaStream_t stream, const void* at, std::uint32_t value) const {
    return wait_ != nullptr && wait_(stream, reinterpret_cast<CUdeviceptr>(at), value,
                                     CU_STREAM_WAIT_VALUE_GEQ) == CUDA_SUCCESS;
  }
  bool write(cudaStream_t stream, void* at, std::uint32_t value) const {
    return write_ != nullptr && write_(stream, reinterpret_cast<CUdeviceptr>(at), value,
                                       CU_STREAM_WRITE_VALUE_DEFAULT) == CUDA_SUCCESS;
  }

 private:
  using Operation = CUresult (*)(CUstream, CUdeviceptr, std::uint32_t, unsigned);
  Operation wait_;
  Operation write_;
};

}  // namespace corpus
