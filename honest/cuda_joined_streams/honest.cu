// Two streams of its own, each with one half, joined with launch.stream by events on both sides.
#include "../../attacks/device_axpby.cuh"

namespace {

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {}
  void run(const aisp::Launch& launch) {
    const corpus::Axpby job(launch);
    const auto stream = corpus::stream_of(launch);
    corpus::check(cudaEventRecord(begin_, stream));
    for (int i = 0; i < 2; ++i) {
      corpus::check(cudaStreamWaitEvent(sides_[i], begin_));
      corpus::compute(job, sides_[i], job.out, job.n / 2 * i, job.n / 2 * (i + 1));
      corpus::wait_for(stream, sides_[i], end_[i]);
    }
  }

 private:
  corpus::Stream sides_[2];
  corpus::Event begin_, end_[2];
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "two joined streams");
