// The ceiling: cuBLAS geam, C = alpha A + beta B, on the vectors as one matrix.
#include <aisp/implementation.h>
#include <kernels/cublas_handle.cuh>
#include <kernels/cuda_check.cuh>

namespace {

constexpr int kRows = 8192;

class Ceiling {
 public:
  explicit Ceiling(const aisp::Launch&) {}

  void run(const aisp::Launch& launch) {
    const auto n = launch.output_tensor(0).elements;
    aisp::kernels::require(n % kRows == 0, "geam needs a number of elements that 8192 divides");
    const int columns = static_cast<int>(n / kRows);
    const float one = 1;
    aisp::kernels::check(
        cublasSgeam(handle_.on(launch.stream<cudaStream_t>()), CUBLAS_OP_N, CUBLAS_OP_N, kRows,
                    columns, &one, launch.input<float>(0), kRows, &one, launch.input<float>(1),
                    kRows, launch.output<float>(0), kRows),
        "cublasSgeam");
  }

 private:
  aisp::kernels::CublasHandle handle_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Ceiling, "cuBLAS geam");
