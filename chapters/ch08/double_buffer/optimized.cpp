// The same tiles in registers; both factors are copied into buffers first, in the order in which they will be
// read. The copy is a pass over few bytes, and the loop that counts reads one stream, which the
// prefetchers of the processor keep ahead of it: kernels/packed_product.h.
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

AISP_IMPLEMENTATION_CLASS(Optimized, "tiles in registers, factors in packed buffers");
