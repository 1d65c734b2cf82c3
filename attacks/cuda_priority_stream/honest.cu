// Two streams of two priorities, each with one half, both joined.
#include "../device_axpby.cuh"

namespace {

int priority(bool highest) {
  int least = 0, greatest = 0;
  corpus::check(cudaDeviceGetStreamPriorityRange(&least, &greatest));
  return highest ? greatest : least;
}

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) : urgent_(priority(true)), other_(priority(false)) {}
  void run(const aisp::Launch& launch) {
    const corpus::Axpby job(launch);
    const auto stream = corpus::stream_of(launch);
    corpus::check(cudaEventRecord(begin_, stream));
    corpus::check(cudaStreamWaitEvent(urgent_, begin_));
    corpus::check(cudaStreamWaitEvent(other_, begin_));
    corpus::compute(job, urgent_, job.out, 0, job.n / 2);
    corpus::compute(job, other_, job.out, job.n / 2, job.n);
    corpus::wait_for(stream, urgent_, urgent_done_);
    corpus::wait_for(stream, other_, other_done_);
  }

 private:
  corpus::Stream urgent_, other_;
  corpus::Event begin_, urgent_done_, other_done_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "two priorities, joined");
