// Two warpgroups multiply, each at its own pace (attend_by_role.cuh).
#include <aisp/implementation.h>

#include "attend_by_role.cuh"

namespace {

using Attention = aisp::ch10::Attention<false>;

}  // namespace

AISP_IMPLEMENTATION_CLASS(Attention, "wgmma, a warpgroup that fetches, products under way ahead");
