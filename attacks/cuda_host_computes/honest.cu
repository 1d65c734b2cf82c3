// Stages its two parameters in page-locked memory and copies them to the GPU in each call.
#include "../device_axpby.cuh"

namespace {

__global__ void with_parameters(const float* x, const float* y, float* out, std::int64_t n,
                                const float* parameters) {
  const std::int64_t i = static_cast<std::int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
  if (i < n) out[i] = parameters[0] * x[i] + parameters[1] * y[i];
}

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) : parameters_(2) {
    corpus::check(cudaMallocHost(&staged_, 2 * sizeof(float)));
  }
  ~Kernel() { cudaFreeHost(staged_); }
  Kernel(const Kernel&) = delete;
  Kernel& operator=(const Kernel&) = delete;
  void run(const aisp::Launch& launch) {
    const corpus::Axpby job(launch);
    const auto stream = corpus::stream_of(launch);
    staged_[0] = job.a;
    staged_[1] = job.b;
    corpus::check(cudaMemcpyAsync(parameters_.get(), staged_, 2 * sizeof(float),
                                  cudaMemcpyHostToDevice, stream));
    with_parameters<<<corpus::blocks_of(job.n, 256), 256, 0, stream>>>(job.x, job.y, job.out, job.n,
                                                                       parameters_.get());
    corpus::check(cudaGetLastError());
  }

 private:
  corpus::DeviceArray<float> parameters_;
  float* staged_ = nullptr;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "stages its parameters");
