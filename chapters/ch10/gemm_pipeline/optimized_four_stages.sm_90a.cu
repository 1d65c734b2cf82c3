// Four stages: three slices are on their way while one is multiplied; all threads meet once a slice.
#include <aisp/implementation.h>
#include <kernels/wgmma_gemm.cuh>

namespace {

class Product {
 public:
  explicit Product(const aisp::Launch&) {}

  void run(const aisp::Launch& launch) {
    gemm_.in_turn<4>(launch.stream<cudaStream_t>(), launch.input_tensor(0).shape[0],
                     launch.input_tensor(1).shape[1], launch.input_tensor(0).shape[1],
                     launch.input<__nv_bfloat16>(0), launch.input<__nv_bfloat16>(1),
                     launch.output<__nv_bfloat16>(0));
  }

 private:
  aisp::kernels::WgmmaGemm gemm_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Product, "wgmma, four stages");
