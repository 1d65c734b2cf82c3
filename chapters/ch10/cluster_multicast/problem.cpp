// C = A B in bf16, all by the same kernel. The lesson is how often the same tile leaves the L2.
#include <aisp/aisp.h>
#include <kernels/bf16_product.h>

namespace {

aisp::Problem make(std::string_view device) {
  return aisp::kernels::bf16_product(
      "ch10:cluster_multicast",
      "C = A B in bf16 by wgmma: each block fetches its tiles, or two share a tile of B", device);
}

}  // namespace

AISP_PROBLEM_BY_DEVICE(make)
