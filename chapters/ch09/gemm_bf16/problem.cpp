// C = A B in bf16. The lesson is which instructions feed the tensor cores, and from where.
#include <aisp/aisp.h>
#include <kernels/bf16_product.h>

namespace {

aisp::Problem make(std::string_view device) {
  return aisp::kernels::bf16_product(
      "ch09:gemm_bf16",
      "C = A B in bf16: products by warps, or by warpgroups that the copy engine feeds", device);
}

}  // namespace

AISP_PROBLEM_BY_DEVICE(make)
