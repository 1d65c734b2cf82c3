// The ceiling: cuBLAS geam with one transposed operand. cuBLAS is column-major, where A (rows x
// columns, row-major) is its own transpose: B is the transpose of that.
#include <aisp/implementation.h>
#include <kernels/cublas_handle.cuh>

namespace {

class Ceiling {
 public:
  explicit Ceiling(const aisp::Launch&) {}

  void run(const aisp::Launch& launch) {
    const int rows = static_cast<int>(launch.input_tensor(0).shape[0]);
    const int columns = static_cast<int>(launch.input_tensor(0).shape[1]);
    const float one = 1, zero = 0;
    const float* a = launch.input<float>(0);
    float* b = launch.output<float>(0);
    aisp::kernels::check(
        cublasSgeam(handle_.on(launch.stream<cudaStream_t>()), CUBLAS_OP_T, CUBLAS_OP_N, rows,
                    columns, &one, a, columns, &zero, b, rows, b, rows),
        "cublasSgeam");
  }

 private:
  aisp::kernels::CublasHandle handle_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Ceiling, "cuBLAS geam, transposed");
