// The inner loops of fill: stream words to values, values to the bits of narrow types. One source
// (fill_kernels.inc) compiled for each instruction set; all give the same bits. The formulas are in
// fill.h.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/isa.h"
#include "device/cpu/normal_table.h"

namespace aisp {

// value = min(max(a + b * x, low), high): one multiplication, one addition, each rounded.
template <class Real>
struct Affine {
  Real a, b, low, high;
};

struct FillKernels {
  void (*uniform32)(const std::uint32_t* words, float* out, std::size_t n, const Affine<float>&);
  void (*normal32)(const std::uint32_t* words, float* out, std::size_t n, const Affine<float>&,
                   const NormalTable&);
  // u = octaves * (2 k 2^-23 - 1); see fill.h.
  void (*heavy_tailed32)(const std::uint32_t* words, float* out, std::size_t n,
                         const Affine<float>&, float octaves);
  void (*uniform64)(const std::uint64_t* words, double* out, std::size_t n, const Affine<double>&);
  void (*normal64)(const std::uint64_t* words, double* out, std::size_t n, const Affine<double>&,
                   const NormalTable&);
  void (*heavy_tailed64)(const std::uint64_t* words, double* out, std::size_t n,
                         const Affine<double>&, double octaves);
  // low + (word * span >> 32)
  void (*integers32)(const std::uint32_t* words, std::int32_t* out, std::size_t n, std::int32_t low,
                     std::uint32_t span);
  void (*booleans)(const std::uint32_t* words, std::uint8_t* out, std::size_t n);

  // Round to nearest even; |value| must not exceed the type's largest finite value.
  void (*to_tf32)(const float* in, std::uint32_t* out, std::size_t n);
  void (*to_fp16)(const float* in, std::uint16_t* out, std::size_t n);
  void (*to_bf16)(const float* in, std::uint16_t* out, std::size_t n);
  void (*to_e4m3)(const float* in, std::uint8_t* out, std::size_t n);
  void (*to_e5m2)(const float* in, std::uint8_t* out, std::size_t n);

  void (*to_float)(const std::int32_t* in, float* out, std::size_t n);
  void (*to_int16)(const std::int32_t* in, std::uint16_t* out, std::size_t n);
  void (*to_int8)(const std::int32_t* in, std::uint8_t* out, std::size_t n);
};

const FillKernels& fill_kernels(Isa isa);

}  // namespace aisp
