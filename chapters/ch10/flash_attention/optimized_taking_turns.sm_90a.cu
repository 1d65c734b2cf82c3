// Two warpgroups multiply and take turns in asking for products: left alone, both may come to their exponentials
// at the same time, and the tensor cores have nothing to do (attend_by_role.cuh).
#include <aisp/implementation.h>

#include "attend_by_role.cuh"

namespace {

using Attention = aisp::ch10::Attention<true>;

}  // namespace

AISP_IMPLEMENTATION_CLASS(Attention, "the same, the two warpgroups take turns");
