// One of three functions that do the same, compiled for different vector instructions: the widest that
// this processor has.
#pragma once

#include "instruction_set.h"

namespace aisp::kernels {

template <class Function>
Function choose_kernel(Function scalar, Function avx2, Function avx512) {
  switch (widest(InstructionSet::avx512)) {
    case InstructionSet::scalar: return scalar;
    case InstructionSet::avx2: return avx2;
    case InstructionSet::avx512:
    case InstructionSet::avx512_bf16: return avx512;
  }
  return scalar;
}

}  // namespace aisp::kernels
