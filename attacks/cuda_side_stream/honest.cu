// A stream of its own, which waits for launch.stream and is waited for by it.
#include "../device_axpby.cuh"

namespace {

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {}
  void run(const aisp::Launch& launch) {
    corpus::wait_for(side_, corpus::stream_of(launch), begin_);
    corpus::compute(corpus::Axpby(launch), side_);
    corpus::wait_for(corpus::stream_of(launch), side_, end_);
  }

 private:
  corpus::Stream side_;
  corpus::Event begin_, end_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "a joined stream");
