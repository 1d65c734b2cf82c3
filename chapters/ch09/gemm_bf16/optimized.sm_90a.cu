// wgmma: warpgroups of 128 threads multiply 64 x 256 tiles right out of shared memory, without a load into
// registers, and the copy engine fills shared memory without a thread that computes an address.
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

AISP_IMPLEMENTATION_CLASS(Product, "wgmma and the copy engine, 128 x 256 tiles for each block");
