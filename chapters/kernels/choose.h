// The kernel for this processor out of three that were compiled from one body.
#pragma once

#include "instruction_set.h"

namespace aisp::kernels {

template <class Function>
Function choose(Function scalar, Function avx2, Function avx512) {
  switch (widest(InstructionSet::avx512)) {
    case InstructionSet::scalar: return scalar;
    case InstructionSet::avx2: return avx2;
    case InstructionSet::avx512:
    case InstructionSet::avx512_bf16: return avx512;
  }
  return scalar;
}

}  // namespace aisp::kernels

#define AISP_INLINE_BODY __attribute__((always_inline)) inline
