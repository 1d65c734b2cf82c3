// Computes into memory of its own on launch.stream; the copy to the output goes to a stream of
// its own, which nothing waits for but the next use of that memory.
#include "../device_axpby.cuh"

namespace {

constexpr int kBuffers = 4;

class Kernel {
 public:
  explicit Kernel(const aisp::Launch& launch)
      : n_(static_cast<std::int64_t>(launch.output_tensor(0).elements)), scratch_(n_ * kBuffers) {}
  void run(const aisp::Launch& launch) {
    const corpus::Axpby job(launch);
    const auto stream = corpus::stream_of(launch);
    const int i = calls_++ % kBuffers;
    float* const scratch = scratch_.get() + i * n_;
    if (calls_ > kBuffers) corpus::check(cudaStreamWaitEvent(stream, copied_[i]));
    corpus::compute(job, stream, scratch, 0, job.n);
    corpus::wait_for(copies_, stream, computed_[i]);
    corpus::check(cudaMemcpyAsync(job.out, scratch, static_cast<std::size_t>(n_) * sizeof(float),
                                  cudaMemcpyDeviceToDevice, copies_));
    corpus::check(cudaEventRecord(copied_[i], copies_));
  }

 private:
  std::int64_t n_;
  corpus::DeviceArray<float> scratch_;
  corpus::Stream copies_;
  corpus::Event computed_[kBuffers], copied_[kBuffers];
  int calls_ = 0;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "copies on a stream of their own");
