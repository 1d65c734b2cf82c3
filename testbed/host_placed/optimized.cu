// Copies to and from the GPU's memory around the kernel, by the copy engines.
#include "kernel.cuh"

namespace {

class Copying {
 public:
  explicit Copying(const aisp::Launch& launch) : bytes_(launch.output_tensor(0).elements * 4) {
    testbed::check(cudaMalloc(&x_, bytes_));
    testbed::check(cudaMalloc(&sum_, bytes_));
  }
  ~Copying() {
    cudaFree(x_);
    cudaFree(sum_);
  }
  Copying(const Copying&) = delete;
  Copying& operator=(const Copying&) = delete;

  void run(const aisp::Launch& launch) {
    const auto stream = launch.stream<cudaStream_t>();
    testbed::check(
        cudaMemcpyAsync(x_, launch.input<float>(0), bytes_, cudaMemcpyHostToDevice, stream));
    testbed::launch_kernel(launch, x_, sum_);
    testbed::check(
        cudaMemcpyAsync(launch.output<float>(0), sum_, bytes_, cudaMemcpyDeviceToHost, stream));
  }

 private:
  std::size_t bytes_;
  float* x_ = nullptr;
  float* sum_ = nullptr;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Copying, "copies in, a kernel, copies out");
