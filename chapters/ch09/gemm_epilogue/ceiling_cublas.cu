// A library's product: cuBLAS sgemm in fp32, then bias and maximum in one launch. cuBLAS is column-major:
// row-major C = A B is its transposed C = B A.
#include <aisp/implementation.h>
#include <kernels/cublas_handle.cuh>

#include "passes.cuh"

namespace {

class Ceiling {
 public:
  explicit Ceiling(const aisp::Launch&) {}

  void run(const aisp::Launch& launch) {
    const auto stream = launch.stream<cudaStream_t>();
    const int m = static_cast<int>(launch.input_tensor(0).shape[0]);
    const int k = static_cast<int>(launch.input_tensor(0).shape[1]);
    const int n = static_cast<int>(launch.input_tensor(1).shape[1]);
    float* c = launch.output<float>(0);
    const float one = 1, zero = 0;
    aisp::kernels::check(
        cublasSgemm(handle_.on(stream), CUBLAS_OP_N, CUBLAS_OP_N, n, m, k, &one,
                    launch.input<float>(1), n, launch.input<float>(0), k, &zero, c, n),
        "cublasSgemm");
    epilogue::launch_pass(stream, m, n, c, epilogue::AddBiasRelu{launch.input<float4>(2)});
  }

 private:
  aisp::kernels::CublasHandle handle_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Ceiling, "cuBLAS sgemm, then bias and maximum in one launch");
