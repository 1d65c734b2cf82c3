// The ceiling: cuBLAS's batched sgemm in fp32. cuBLAS is column-major: row-major C = A B is its
// transposed C = B A.
#include <aisp/implementation.h>
#include <kernels/cublas_handle.cuh>

namespace {

class Ceiling {
 public:
  explicit Ceiling(const aisp::Launch&) {}

  void run(const aisp::Launch& launch) {
    const std::int64_t* shape = launch.input_tensor(0).shape;
    const int m = static_cast<int>(shape[1]), k = static_cast<int>(shape[2]);
    const int n = static_cast<int>(launch.input_tensor(1).shape[2]);
    const float one = 1, zero = 0;
    aisp::kernels::check(
        cublasSgemmStridedBatched(handle_.on(launch.stream<cudaStream_t>()), CUBLAS_OP_N,
                                  CUBLAS_OP_N, n, m, k, &one, launch.input<float>(1), n, k * n,
                                  launch.input<float>(0), k, m * k, &zero, launch.output<float>(0),
                                  n, m * n, static_cast<int>(shape[0])),
        "cublasSgemmStridedBatched");
  }

 private:
  aisp::kernels::CublasHandle handle_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Ceiling, "cuBLAS batched sgemm");
