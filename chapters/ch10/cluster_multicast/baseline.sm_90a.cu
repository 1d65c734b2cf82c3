// Each block fetches its own tiles of A and B: 48 KiB for each slice.
#include <aisp/implementation.h>
#include <kernels/wgmma_gemm.cuh>

namespace {

class Product {
 public:
  explicit Product(const aisp::Launch&) {}

  void run(const aisp::Launch& launch) {
    gemm_.by_role<4, 1>(launch.stream<cudaStream_t>(), launch.input_tensor(0).shape[0],
                        launch.input_tensor(1).shape[1], launch.input_tensor(0).shape[1],
                        launch.input<__nv_bfloat16>(0), launch.input<__nv_bfloat16>(1),
                        launch.output<__nv_bfloat16>(0));
  }

 private:
  aisp::kernels::WgmmaGemm gemm_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Product, "each block fetches its tiles");
