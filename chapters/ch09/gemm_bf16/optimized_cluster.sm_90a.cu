// The same, and two blocks share each tile of B (ch10:cluster_multicast).
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

AISP_IMPLEMENTATION_CLASS(Product, "wgmma and the copy engine, tiles of B shared by two blocks");
