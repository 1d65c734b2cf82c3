// Copies the first input, negates the copy in place, and computes with that.
#include "../device_axpby.cuh"

namespace {

__global__ void negate(float* values, std::int64_t n) {
  const std::int64_t i = static_cast<std::int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
  if (i < n) values[i] = -values[i];
}

class Kernel {
 public:
  explicit Kernel(const aisp::Launch& launch) : copy_(launch.output_tensor(0).elements) {}
  void run(const aisp::Launch& launch) {
    corpus::Axpby job(launch);
    const auto stream = corpus::stream_of(launch);
    corpus::check(cudaMemcpyAsync(copy_.get(), job.x,
                                  static_cast<std::size_t>(job.n) * sizeof(float),
                                  cudaMemcpyDeviceToDevice, stream));
    negate<<<corpus::blocks_of(job.n, 256), 256, 0, stream>>>(copy_.get(), job.n);
    job.x = copy_.get();
    job.a = -job.a;
    corpus::compute(job, stream);
  }

 private:
  corpus::DeviceArray<float> copy_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "changes a copy");
