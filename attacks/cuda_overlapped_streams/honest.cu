// The next of four streams for each call, each of them joined with launch.stream on both sides.
#include "../device_chain.cuh"

namespace {

constexpr int kStreams = 4;

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {}
  void run(const aisp::Launch& launch) {
    const unsigned i = calls_++ % kStreams;
    corpus::wait_for(streams_[i], corpus::stream_of(launch), begin_[i]);
    corpus::hash(launch, streams_[i]);
    corpus::wait_for(corpus::stream_of(launch), streams_[i], end_[i]);
  }

 private:
  corpus::Stream streams_[kStreams];
  corpus::Event begin_[kStreams], end_[kStreams];
  unsigned calls_ = 0;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "four joined streams in turn");
