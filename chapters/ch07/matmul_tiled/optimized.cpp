// Tiles in registers: 8 x 32 of the result (AVX-512; 6 x 16 with AVX2) stay there while all of k goes by,
// and both factors are packed first into the order in which they are read: kernels/packed_product.h.
#include <aisp/aisp.h>
#include <kernels/packed_product.h>

namespace {

class Optimized {
 public:
  explicit Optimized(const aisp::Launch& launch)
      : product_(launch.input_tensor(0).shape[0], launch.input_tensor(1).shape[1],
                 launch.input_tensor(0).shape[1]) {}

  void run(const aisp::Launch& launch) {
    product_.multiply(launch.input<float>(0), launch.input<float>(1), launch.output<float>(0));
  }

 private:
  aisp::kernels::PackedProduct product_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Optimized, "packed factors, tiles in registers");
