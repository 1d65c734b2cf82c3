// Moves its result out with a copy between devices, which are the same one: code for several GPUs that has one.
#include "../../attacks/device_axpby.cuh"

namespace {

class Kernel {
 public:
  explicit Kernel(const aisp::Launch& launch) : result_(launch.output_tensor(0).elements) {
    corpus::check(cudaGetDevice(&device_));
  }
  void run(const aisp::Launch& launch) {
    const corpus::Axpby job(launch);
    const auto stream = corpus::stream_of(launch);
    corpus::compute(job, stream, result_.get(), 0, job.n);
    corpus::check(cudaMemcpyPeerAsync(job.out, device_, result_.get(), device_,
                                      static_cast<std::size_t>(job.n) * sizeof(float), stream));
  }

 private:
  corpus::DeviceArray<float> result_;
  int device_ = 0;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "a copy from device to device");
