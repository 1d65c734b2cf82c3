// cuBLAS with a handle that is made in setup and a workspace of its own, in fp32.
#include <kernels/cublas_handle.cuh>

#include "../../attacks/device.cuh"

namespace {

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) : workspace_(kBytes / sizeof(float)) {}
  void run(const aisp::Launch& launch) {
    const auto rows = static_cast<int>(launch.input_tensor(0).shape[0]);
    const auto inner = static_cast<int>(launch.input_tensor(1).shape[0]);
    const auto columns = static_cast<int>(launch.input_tensor(1).shape[1]);
    const cublasHandle_t handle = handle_.on(corpus::stream_of(launch));
    aisp::kernels::check(cublasSetWorkspace(handle, workspace_.get(), kBytes),
                         "cublasSetWorkspace");
    const float one = 1, zero = 0;
    // cuBLAS counts columns first: the transposed product of transposed operands.
    aisp::kernels::check(cublasSgemm(handle, CUBLAS_OP_N, CUBLAS_OP_N, columns, rows, inner, &one,
                                     launch.input<float>(1), columns, launch.input<float>(0), inner,
                                     &zero, launch.output<float>(0), columns),
                         "cublasSgemm");
  }

 private:
  static constexpr std::size_t kBytes = std::size_t{32} << 20;
  aisp::kernels::CublasHandle handle_;
  corpus::DeviceArray<float> workspace_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "cuBLAS");
