// Two blocks of a cluster work below each other and need the same tile of B: each fetches half of it and sends
// that to both. 32 KiB for each slice and block leave the L2, not 48.
#include <aisp/implementation.h>
#include <kernels/wgmma_gemm.cuh>

namespace {

class Product {
 public:
  explicit Product(const aisp::Launch&) {}

  void run(const aisp::Launch& launch) {
    gemm_.by_role<4, 2>(launch.stream<cudaStream_t>(), launch.input_tensor(0).shape[0],
                        launch.input_tensor(1).shape[1], launch.input_tensor(0).shape[1],
                        launch.input<__nv_bfloat16>(0), launch.input<__nv_bfloat16>(1),
                        launch.output<__nv_bfloat16>(0));
  }

 private:
  aisp::kernels::WgmmaGemm gemm_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Product, "two blocks share a tile of B, multicast");
