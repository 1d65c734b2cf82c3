// Sums of rows by cuBLAS: y = X 1 (gemv). It also reads the vector of ones, from the L2.
#pragma once

#include <aisp/implementation.h>
#include <kernels/cublas_handle.cuh>
#include <kernels/cuda_check.cuh>
#include <kernels/device_buffer.cuh>

#include <vector>

namespace aisp::kernels {

class RowSumsByGemv {
 public:
  explicit RowSumsByGemv(const aisp::Launch& launch)
      : rows_(static_cast<int>(launch.input_tensor(0).shape[0])),
        length_(static_cast<int>(launch.input_tensor(0).shape[1])),
        ones_(length_) {
    const std::vector<float> ones(static_cast<std::size_t>(length_), 1.0f);
    check(
        cudaMemcpy(ones_.data(), ones.data(), ones.size() * sizeof(float), cudaMemcpyHostToDevice),
        "cudaMemcpy");
  }

  void run(const aisp::Launch& launch) {
    const float one = 1, zero = 0;
    check(cublasSgemv(handle_.on(launch.stream<cudaStream_t>()), CUBLAS_OP_T, length_, rows_, &one,
                      launch.input<float>(0), length_, ones_.data(), 1, &zero,
                      launch.output<float>(0), 1),
          "cublasSgemv");
  }

 private:
  int rows_;
  int length_;
  DeviceBuffer<float> ones_;
  CublasHandle handle_;
};

}  // namespace aisp::kernels
