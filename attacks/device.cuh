// What the CUDA attacks and their twins share: handles that are given back, and errors. The work that the testbed
// problems ask for, done honestly, is in device_<problem>.cuh: a kernel is compiled anew in each file that sees it.
#pragma once

#include <cuda_runtime.h>

#include <cstdint>
#include <exception>

#include "aisp/implementation.h"

namespace corpus {

// <stdexcept> takes a fifth of the time in which a small attack is compiled.
class DeviceError : public std::exception {
 public:
  explicit DeviceError(cudaError_t code) : code_(code) {}
  const char* what() const noexcept override { return cudaGetErrorString(code_); }

 private:
  cudaError_t code_;
};

inline void check(cudaError_t code) {
  if (code != cudaSuccess) throw DeviceError(code);
}

inline cudaStream_t stream_of(const aisp::Launch& launch) { return launch.stream<cudaStream_t>(); }

class Stream {
 public:
  explicit Stream(int priority = 0) {
    check(cudaStreamCreateWithPriority(&stream_, cudaStreamNonBlocking, priority));
  }
  ~Stream() { cudaStreamDestroy(stream_); }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  operator cudaStream_t() const { return stream_; }  // NOLINT: it is one

 private:
  cudaStream_t stream_ = nullptr;
};

class Event {
 public:
  Event() { check(cudaEventCreateWithFlags(&event_, cudaEventDisableTiming)); }
  ~Event() { cudaEventDestroy(event_); }
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;
  operator cudaEvent_t() const { return event_; }  // NOLINT: it is one

 private:
  cudaEvent_t event_ = nullptr;
};

// `later` goes on when `first` has done what it was asked for until now.
inline void wait_for(cudaStream_t later, cudaStream_t first, const Event& event) {
  check(cudaEventRecord(event, first));
  check(cudaStreamWaitEvent(later, event));
}

template <class T>
class DeviceArray {
 public:
  explicit DeviceArray(std::size_t n) { check(cudaMalloc(&data_, n * sizeof(T))); }
  ~DeviceArray() { cudaFree(data_); }
  DeviceArray(const DeviceArray&) = delete;
  DeviceArray& operator=(const DeviceArray&) = delete;
  T* get() const { return data_; }

 private:
  T* data_ = nullptr;
};

inline unsigned blocks_of(std::int64_t n, std::int64_t a_block) {
  return static_cast<unsigned>((n + a_block - 1) / a_block);
}

// ---- time on the GPU

__device__ inline unsigned long long global_ns() {
  unsigned long long now;
  asm volatile("mov.u64 %0, %%globaltimer;" : "=l"(now)::"memory");
  return now;
}

// Keeps its multiprocessor busy for so long, and ends by itself.
__global__ void busy_kernel(unsigned long long ns) {
  const unsigned long long begin = global_ns();
  while (global_ns() - begin < ns) {
  }
}

}  // namespace corpus
