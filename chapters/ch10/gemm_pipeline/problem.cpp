// C = A B in bf16, all by the same wgmma instructions. The lesson is who asks for the next slices, and when.
#include <aisp/aisp.h>
#include <kernels/bf16_product.h>

namespace {

aisp::Problem make(std::string_view device) {
  return aisp::kernels::bf16_product("ch10:gemm_pipeline",
                                     "C = A B in bf16 by wgmma: one slice at a time, four under "
                                     "way, or a warpgroup that only fetches",
                                     device);
}

}  // namespace

AISP_PROBLEM_BY_DEVICE(make)
