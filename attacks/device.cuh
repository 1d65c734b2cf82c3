// What the CUDA attacks and their twins share: the work that the testbed problems ask for, done honestly
// on whatever stream, and handles that are given back.
#pragma once

#include <cuda_runtime.h>

#include <cstdint>
#include <stdexcept>

#include "aisp/implementation.h"

namespace corpus {

inline void check(cudaError_t code) {
  if (code != cudaSuccess) throw std::runtime_error(cudaGetErrorString(code));
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

// ---- testbed:axpby: out = a*x + b*y; the number of elements is a multiple of 4

struct Axpby {
  const float* x;
  const float* y;
  float* out;
  std::int64_t n;
  float a;
  float b;

  explicit Axpby(const aisp::Launch& launch)
      : x(launch.input<float>(0)),
        y(launch.input<float>(1)),
        out(launch.output<float>(0)),
        n(static_cast<std::int64_t>(launch.output_tensor(0).elements)),
        a(static_cast<float>(launch.param("a"))),
        b(static_cast<float>(launch.param("b"))) {}
};

constexpr int kAxpbyThreads = 256;

__global__ void axpby_kernel(const float4* __restrict__ x, const float4* __restrict__ y,
                             float4* __restrict__ out, std::int64_t vectors, float a, float b) {
  const std::int64_t i = static_cast<std::int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
  if (i >= vectors) return;
  const float4 u = x[i], v = y[i];
  out[i] = {a * u.x + b * v.x, a * u.y + b * v.y, a * u.z + b * v.z, a * u.w + b * v.w};
}

// Elements [begin, end), both multiples of 4, into `out` + begin.
inline void compute(const Axpby& job, cudaStream_t stream, float* out, std::int64_t begin,
                    std::int64_t end) {
  const std::int64_t vectors = (end - begin) / 4;
  axpby_kernel<<<blocks_of(vectors, kAxpbyThreads), kAxpbyThreads, 0, stream>>>(
      reinterpret_cast<const float4*>(job.x + begin),
      reinterpret_cast<const float4*>(job.y + begin), reinterpret_cast<float4*>(out + begin),
      vectors, job.a, job.b);
  check(cudaGetLastError());
}

inline void compute(const Axpby& job, cudaStream_t stream) {
  compute(job, stream, job.out, 0, job.n);
}

// ---- testbed:chain: FNV-1a over words, folded to 32 bits

constexpr std::uint64_t kChainBegin = 0xcbf29ce484222325;
constexpr std::uint64_t kChainFactor = 0x100000001b3;
constexpr int kChainTile = 4096;  // words in shared memory
constexpr int kChainThreads = 256;

__device__ inline std::int32_t folded(std::uint64_t state) {
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(state ^ state >> 32));
}

// A whole block: all load, one hashes.
__device__ inline void hash_block(const std::int64_t* __restrict__ words, std::int64_t n,
                                  std::int32_t* out) {
  __shared__ std::uint64_t tile[kChainTile];
  std::uint64_t state = kChainBegin;
  for (std::int64_t from = 0; from < n; from += kChainTile) {
    const auto here = static_cast<int>(n - from < kChainTile ? n - from : kChainTile);
    __syncthreads();
    for (int i = threadIdx.x; i < here; i += blockDim.x)
      tile[i] = static_cast<std::uint64_t>(words[from + i]);
    __syncthreads();
    if (threadIdx.x != 0) continue;
#pragma unroll 16
    for (int i = 0; i < here; ++i) state = (state ^ tile[i]) * kChainFactor;
  }
  if (threadIdx.x == 0) *out = folded(state);
}

__global__ void __launch_bounds__(kChainThreads)
    chain_kernel(const std::int64_t* words, std::int64_t n, std::int32_t* out) {
  hash_block(words, n, out);
}

inline void hash(const aisp::Launch& launch, cudaStream_t stream) {
  chain_kernel<<<1, kChainThreads, 0, stream>>>(
      launch.input<std::int64_t>(0), static_cast<std::int64_t>(launch.input_tensor(0).elements),
      launch.output<std::int32_t>(0));
  check(cudaGetLastError());
}

// ---- testbed:rowsum

struct Rows {
  const float* in;
  float* out;
  int rows;
  int columns;  // a multiple of 128

  explicit Rows(const aisp::Launch& launch)
      : in(launch.input<float>(0)),
        out(launch.output<float>(0)),
        rows(static_cast<int>(launch.input_tensor(0).shape[0])),
        columns(static_cast<int>(launch.input_tensor(0).shape[1])) {}
};

__device__ inline float sum_of_warp(float value) {
  for (int offset = 16; offset > 0; offset /= 2)
    value += __shfl_down_sync(0xffffffffu, value, offset);
  return value;
}

// A warp for each row.
__global__ void rowsum_kernel(const float* __restrict__ in, float* __restrict__ out, int rows,
                              int columns) {
  const int row = static_cast<int>((blockIdx.x * blockDim.x + threadIdx.x) / 32);
  if (row >= rows) return;
  const auto* values =
      reinterpret_cast<const float4*>(in + static_cast<std::int64_t>(row) * columns);
  const int lane = static_cast<int>(threadIdx.x % 32);
  float sum = 0;
  for (int i = lane; i < columns / 4; i += 32) {
    const float4 v = values[i];
    sum += (v.x + v.y) + (v.z + v.w);
  }
  sum = sum_of_warp(sum);
  if (lane == 0) out[row] = sum;
}

inline void sum_rows(const Rows& job, cudaStream_t stream) {
  constexpr int kThreads = 256;
  rowsum_kernel<<<blocks_of(job.rows, kThreads / 32), kThreads, 0, stream>>>(job.in, job.out,
                                                                             job.rows, job.columns);
  check(cudaGetLastError());
}

// ---- testbed:project: out = x * w, sizes that are multiples of 16

constexpr int kTile = 16;

__global__ void project_kernel(const float* __restrict__ x, const float* __restrict__ w,
                               float* __restrict__ out, int inner, int columns) {
  __shared__ float xs[kTile][kTile];
  __shared__ float ws[kTile][kTile];
  const int row = static_cast<int>(blockIdx.y * kTile + threadIdx.y);
  const int column = static_cast<int>(blockIdx.x * kTile + threadIdx.x);
  float sum = 0;
  for (int k = 0; k < inner; k += kTile) {
    xs[threadIdx.y][threadIdx.x] = x[row * inner + k + static_cast<int>(threadIdx.x)];
    ws[threadIdx.y][threadIdx.x] = w[(k + static_cast<int>(threadIdx.y)) * columns + column];
    __syncthreads();
#pragma unroll
    for (int i = 0; i < kTile; ++i) sum += xs[threadIdx.y][i] * ws[i][threadIdx.x];
    __syncthreads();
  }
  out[row * columns + column] = sum;
}

inline void project(const aisp::Launch& launch, cudaStream_t stream) {
  const auto rows = static_cast<unsigned>(launch.input_tensor(0).shape[0]);
  const auto inner = static_cast<int>(launch.input_tensor(1).shape[0]);
  const auto columns = static_cast<int>(launch.input_tensor(1).shape[1]);
  project_kernel<<<dim3(static_cast<unsigned>(columns) / kTile, rows / kTile), dim3(kTile, kTile),
                   0, stream>>>(launch.input<float>(0), launch.input<float>(1),
                                launch.output<float>(0), inner, columns);
  check(cudaGetLastError());
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
