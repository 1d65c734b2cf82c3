// Blocks of a tensor's elements as double or int64, fast enough for the compare of every element.
#pragma once

#include <cstddef>
#include <cstdint>

#include "aisp/dtype.h"

namespace aisp {

// n components of a floating or complex dtype, exact. fp32 NaN payloads are not kept.
void decode_reals(Dtype dtype, const std::byte* from, std::size_t n, double* out);

// n elements of an integer dtype or bool (the raw byte).
void decode_integers(Dtype dtype, const std::byte* from, std::size_t n, std::int64_t* out);

// The smallest normal magnitude of a floating dtype (complex: of a component).
double smallest_normal(Dtype dtype);

}  // namespace aisp
