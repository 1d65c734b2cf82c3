// Which vector instructions this processor has. Kernels are compiled for each of them with target
// attributes and chosen at run time, so that one binary runs on any x86-64.
#pragma once

#include <initializer_list>

namespace aisp::kernels {

enum class InstructionSet { scalar, avx2, avx512, avx512_bf16 };

inline bool has(InstructionSet set) {
  switch (set) {
    case InstructionSet::scalar: return true;
    case InstructionSet::avx2:
      return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    case InstructionSet::avx512:
      return has(InstructionSet::avx2) && __builtin_cpu_supports("avx512f") &&
             __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw") &&
             __builtin_cpu_supports("avx512dq");
    case InstructionSet::avx512_bf16:
      return has(InstructionSet::avx512) && __builtin_cpu_supports("avx512bf16");
  }
  return false;
}

// The widest set that is at most `limit`.
inline InstructionSet widest(InstructionSet limit) {
  InstructionSet best = InstructionSet::scalar;
  for (const InstructionSet set :
       {InstructionSet::avx2, InstructionSet::avx512, InstructionSet::avx512_bf16})
    if (set <= limit && has(set)) best = set;
  return best;
}

}  // namespace aisp::kernels

#define AISP_TARGET_AVX2 __attribute__((target("avx2,fma")))
#define AISP_TARGET_AVX512 \
  __attribute__((target("avx512f,avx512vl,avx512bw,avx512dq,avx2,fma,prefer-vector-width=512")))
#define AISP_TARGET_AVX512_BF16 \
  __attribute__((               \
      target("avx512bf16,avx512f,avx512vl,avx512bw,avx512dq,avx2,fma,prefer-vector-width=512")))
