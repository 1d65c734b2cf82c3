// Does an output hold what was expected? Every element is read, and one pass gives the verdict and
// the numbers that explain it.
//
// An element is right when one of these holds (complex: |.| is the modulus):
//   - got and want are finite and |got - want| <= (atol + rms * RMS(want)) + rtol * |want|
//   - got == want (so: the same infinity), or both are NaN; complex: component by component, the
//     finite ones as above
// Everything else is a mismatch: a NaN where none is wanted always is, however large the tolerance.
// An infinite tolerance counts as the largest double. RMS(want) is over the finite elements of the
// whole expected tensor. Integer types are compared as 64-bit integers; the difference is rounded
// to double only where a tolerance is not zero. A bool byte other than 0 and 1 is always a
// mismatch.
#pragma once

#include <cstdint>
#include <vector>

#include "aisp/tensor.h"

namespace aisp {

struct CompareStats {
  std::uint64_t elements = 0;
  std::uint64_t mismatches = 0;
  std::uint64_t nans = 0;               // got NaN, want is not NaN
  std::uint64_t infs = 0;               // got infinite, want is finite
  std::uint64_t denormals_flushed = 0;  // want is a denormal of the dtype, got is zero
  // Bytes that are still poison: of components of 4 bytes or more (strided: of whole elements of
  // any size); else of whole 8-byte words, since a byte equals the poison by chance too often.
  std::uint64_t stale = 0;
  double max_abs_error = 0;      // infinite for a mismatch of NaN or infinity
  double max_allowed_ratio = 0;  // max |got - want| / allowed; infinite where 0 was allowed, or NaN
  double error_sum_squares = 0;  // over the elements where got and want are finite
  double want_sum_squares = 0;   // over finite want
  // The element of max_allowed_ratio and the first mismatch: row-major logical indices, meaningful
  // when max_allowed_ratio > 0, mismatches > 0. Complex: the component that is farther off.
  std::uint64_t worst_index = 0;
  double worst_got = 0;
  double worst_want = 0;
  std::uint64_t first_bad_index = 0;
  double first_bad_got = 0;
  double first_bad_want = 0;
  // All elements have the same bits; vacuously true of none. `constant` is got's (its real part).
  bool got_is_constant = true;
  double constant = 0;
  bool want_is_constant = true;
  double want_constant = 0;
};

// Adds the statistics of another call. Indices are of the call that they come from; on equal ratios
// the earlier call stays.
void merge(CompareStats& into, const CompareStats& from);

// What the reference wrote: row-major logical order; `real` for floats (complex: pairs), `integer`
// for integers and bool. See aisp::Expected.
struct ExpectedTensor {
  std::vector<double> real;
  std::vector<std::int64_t> integer;
};

// `got` points at element 0 of a tensor laid out as `tensor` says. `poison_word` is what the
// tensor's bytes repeated, from element 0 on, before the call. Statistics do not depend on the
// instruction set or on the number of threads.
CompareStats compare(const Tensor& tensor, const Tolerance& tolerance, const void* got,
                     const ExpectedTensor& want, std::uint64_t poison_word);

// The same with another implementation's output, of the same dtype and layout, as what is wanted.
CompareStats compare_same(const Tensor& tensor, const Tolerance& tolerance, const void* got,
                          const void* want, std::uint64_t poison_word);

}  // namespace aisp
