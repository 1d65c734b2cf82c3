// The library's row: cuBLAS gemv with a vector of ones. cuBLAS is column-major, where X is its own transpose
// and a column sum the product of that with ones.
#include <aisp/implementation.h>
#include <kernels/cublas_handle.cuh>
#include <kernels/cuda_check.cuh>
#include <kernels/device_buffer.cuh>

#include <vector>

namespace {

class Ceiling {
 public:
  explicit Ceiling(const aisp::Launch& launch)
      : rows_(static_cast<int>(launch.input_tensor(0).shape[0])),
        columns_(static_cast<int>(launch.input_tensor(0).shape[1])),
        ones_(rows_) {
    const std::vector<float> ones(static_cast<std::size_t>(rows_), 1.0f);
    aisp::kernels::check(
        cudaMemcpy(ones_.data(), ones.data(), ones.size() * sizeof(float), cudaMemcpyHostToDevice),
        "cudaMemcpy");
  }

  void run(const aisp::Launch& launch) {
    const float one = 1, zero = 0;
    aisp::kernels::check(cublasSgemv(handle_.on(launch.stream<cudaStream_t>()), CUBLAS_OP_N,
                                     columns_, rows_, &one, launch.input<float>(0), columns_,
                                     ones_.data(), 1, &zero, launch.output<float>(0), 1),
                         "cublasSgemv");
  }

 private:
  int rows_;
  int columns_;
  aisp::kernels::DeviceBuffer<float> ones_;
  aisp::kernels::CublasHandle handle_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Ceiling, "cuBLAS gemv with a vector of ones");
