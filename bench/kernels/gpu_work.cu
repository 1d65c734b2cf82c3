// Work of known length on a GPU, for the programs that look at the judge's clocks.
#include <cuda_runtime.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <stdexcept>
#include <string>
#include <thread>

#include "aisp/implementation.h"
#include "gpu_spin.cuh"
#include "gpu_work.h"

namespace {

using bench::GpuWork;
using bench::wait;
using bench::work;

void check(cudaError_t code, const char* what) {
  if (code != cudaSuccess)
    throw std::runtime_error(std::string(what) + ": " + cudaGetErrorName(code));
}

__global__ void only_wait(unsigned long long ns) { wait(ns); }

class Work {
 public:
  explicit Work(const aisp::Launch& launch)
      : mode_(static_cast<GpuWork>(static_cast<int>(launch.param("mode")))),
        ns_(static_cast<unsigned long long>(launch.param("ns"))) {
    for (cudaStream_t& s : streams_)
      check(cudaStreamCreateWithFlags(&s, cudaStreamNonBlocking), "make a stream");
    for (cudaEvent_t& e : events_)
      check(cudaEventCreateWithFlags(&e, cudaEventDisableTiming), "make an event");
    if (mode_ == GpuWork::leftover) std::thread([this] { leave_things(); }).detach();
  }

  void run(const aisp::Launch& launch) {
    const auto in = launch.input_span<std::int64_t>(0);
    const auto out = launch.output_span<std::int64_t>(0);
    const auto* from = reinterpret_cast<const long long*>(in.data());
    auto* to = reinterpret_cast<long long*>(out.data());
    const long n = static_cast<long>(in.size());
    const auto stream = launch.stream<cudaStream_t>();
    switch (mode_) {
      case GpuWork::copy: work<<<1056, 256, 0, stream>>>(from, to, n, 0); break;
      case GpuWork::overlapped:
        work<<<1, 32, 0, streams_[next_++ % kStreams]>>>(from, to, n, ns_);
        break;
      case GpuWork::launches:
        for (int i = 0; i < 480; ++i) only_wait<<<1, 1, 0, stream>>>(0);
        work<<<1, 32, 0, stream>>>(from, to, n, ns_);
        break;
      case GpuWork::side_stream:
        check(cudaEventRecord(events_[0], stream), "record an event");
        check(cudaStreamWaitEvent(streams_[0], events_[0], 0), "wait for an event");
        work<<<1, 32, 0, streams_[0]>>>(from, to, n, ns_);
        check(cudaEventRecord(events_[1], streams_[0]), "record an event");
        check(cudaStreamWaitEvent(stream, events_[1], 0), "wait for an event");
        break;
      default: work<<<1, 32, 0, stream>>>(from, to, n, ns_);
    }
    check(cudaGetLastError(), "launch");
    last_call_ = now();
    left_ = false;
  }

 private:
  static constexpr unsigned kStreams = 8;
  static std::int64_t now() {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(
               std::chrono::steady_clock::now().time_since_epoch())
        .count();
  }

  // Its window is over 4 ms after the last call at the latest; the agent is told to do things then, and this
  // thread runs meanwhile.
  void leave_things() {
    for (;;) {
      usleep(20);
      if (last_call_ == 0 || left_ || now() - last_call_ < 4'000'000) continue;
      left_ = true;
      only_wait<<<1, 1, 0, streams_[0]>>>(8'000'000);
    }
  }

  GpuWork mode_;
  unsigned long long ns_;
  unsigned next_ = 0;
  cudaStream_t streams_[kStreams] = {};
  cudaEvent_t events_[2] = {};
  std::atomic<std::int64_t> last_call_{0};
  std::atomic<bool> left_{true};
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Work, "work of known length");
