// Outputs as values in row-major logical order, and as the bytes that an implementation would have
// written.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "aisp/tensor.h"
#include "base/chacha.h"
#include "verify/compare.h"

namespace aisp::audit {

// `values` rounded to the tensor's dtype and laid out as it says; gaps are zero.
std::vector<std::byte> encode(const Tensor& tensor, const ExpectedTensor& values);

// The tensor's storage, in order and with its gaps, as values for an output of `as`: the other way
// round, for copies. Values are repeated or cut to fit.
ExpectedTensor copied(const Tensor& from, const std::byte* data, const Tensor& as);

ExpectedTensor zeros(const ExpectedTensor& right);
// The same values, all in other places where that is possible.
ExpectedTensor shuffled(const Tensor& tensor, const ExpectedTensor& right, RandomSource& random);
// The last eighth, at least one element, is zero.
ExpectedTensor truncated(const Tensor& tensor, const ExpectedTensor& right);
// One element, of median size, is off by half of its size or of the RMS, whichever is more; integers
// by one, a bool is the other one.
ExpectedTensor one_element_off(const Tensor& tensor, const ExpectedTensor& right);
// Every element is the mean (integers: the most frequent value).
ExpectedTensor best_constant(const Tensor& tensor, const ExpectedTensor& right);

// The next narrower dtype that hardware computes faster in, and the values in it. Nothing where there
// is none, or where it holds all values exactly. Only the mantissa is cut, ranges stay, which is the
// smaller error.
struct Lower {
  std::string dtype;
  ExpectedTensor values;
};
std::optional<Lower> lower_dtype(const Tensor& tensor, const ExpectedTensor& right);

// Whether all elements are the same number.
bool is_constant(const Tensor& tensor, const ExpectedTensor& values);
bool all_finite(const ExpectedTensor& values);
bool equal(const ExpectedTensor& a, const ExpectedTensor& b);

}  // namespace aisp::audit
