// What fill computes once for a tensor: the constants of fill.h's formulas, the same for every device.
#pragma once

#include <cstdint>

#include "aisp/tensor.h"
#include "device/cpu/fill_kernels.h"

namespace aisp {

struct FillPlan {
  Dtype dtype;  // of a component
  Distribution::Kind kind;
  Affine<float> as_float;
  Affine<double> as_double;
  double octaves;
  double least, greatest;  // of the dtype; integer types are kept within after floor
  std::int64_t low;        // integers
  std::uint64_t span;      // integers; 0 stands for 2^64
  bool words_of_32;        // integers
};

// Of a distribution that check_fill (fill.h) allows, other than permutation and custom.
FillPlan make_fill_plan(Dtype dtype, const Distribution& distribution);

// What a component of the dtype is drawn and stored as; real dtypes are their own.
Dtype component_dtype(Dtype d);
// Whether components are drawn from 32-bit words as float; the others of 64-bit words as double.
bool drawn_as_float(Dtype d);

// Largest and smallest finite values.
double greatest_value(Dtype d);
double least_value(Dtype d);

}  // namespace aisp
