// A stream of an implementation's own, forked from the call's stream and joined to it again: work on
// it begins after what the call's stream had before, and what comes after in the call's stream waits for it.
#pragma once

#include "cuda_check.cuh"

namespace aisp::kernels {

class Event {
 public:
  Event() { check(cudaEventCreateWithFlags(&event_, cudaEventDisableTiming), "cudaEventCreate"); }
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;
  ~Event() { cudaEventDestroy(event_); }
  void record(cudaStream_t stream) { check(cudaEventRecord(event_, stream), "cudaEventRecord"); }
  // What comes in `stream` from now on waits for what was recorded.
  void hold(cudaStream_t stream) {
    check(cudaStreamWaitEvent(stream, event_, 0), "cudaStreamWaitEvent");
  }

 private:
  cudaEvent_t event_ = nullptr;
};

class SideStream {
 public:
  SideStream() {
    check(cudaStreamCreateWithFlags(&stream_, cudaStreamNonBlocking), "cudaStreamCreate");
  }
  SideStream(const SideStream&) = delete;
  SideStream& operator=(const SideStream&) = delete;
  ~SideStream() { cudaStreamDestroy(stream_); }

  cudaStream_t get() const { return stream_; }
  void fork_from(cudaStream_t main) {
    forked_.record(main);
    forked_.hold(stream_);
  }
  void join_to(cudaStream_t main) {
    joined_.record(stream_);
    joined_.hold(main);
  }

 private:
  cudaStream_t stream_ = nullptr;
  Event forked_;
  Event joined_;
};

}  // namespace aisp::kernels
