// Draws a tensor's values. Component i (a complex element has two: real, imaginary) depends on
// (key, nonce, i) alone, by the formulas below, so that the same bits come out on every instruction
// set, with every number of threads, and from a kernel on another device.
//
// w is the i-th little-endian word of the ChaCha8 stream (base/chacha.h) of (key, nonce): the i-th
// 32-bit word where the component is drawn as fp32, the i-th 64-bit word where it is drawn as fp64.
// Drawn as fp32: fp32, tf32, fp16, bf16, fp8, complex64. Drawn as fp64: fp64, complex128 and
// integer types. "*" and "+" are one IEEE operation each, rounded to nearest even, never fused.
//
// uniform, normal, heavy_tailed, structured:  value = min(max(a + b * x, least), greatest)
//   uniform, structured  x = w >> 8 (fp32), (w >> 12) * 2^-52 (fp64)
//                        a = low, b = (high - low) * 2^-24 (fp32), high - low (fp64), from doubles
//   normal               t = 2 * (w >> 9) + 1 (fp32), max((w >> 12) * 2^-28, 1) (fp64)
//                        x = (base[index] + slope[index] * t), negative where w is odd; index and
//                        table in device/cpu/normal_table.h; a = mean, b = deviation
//   heavy_tailed         x = the float whose bits are int((w >> 9) * (2 * octaves)) + (127 << 23) -
//                        int(octaves * 2^23), that is 2^u with straight lines between powers of
//                        two; negative where w is odd; octaves at most 126; a = 0, b = scale
//                        fp64: bits int(((w >> 12) * 2^-52 * (2 * octaves) + (1023 - octaves)) *
//                        2^52)
//   [least, greatest]    uniform: the dtype's values in [low, high); else its finite values
//   The value is then rounded to the dtype, to nearest even. Integer types take floor(value).
// structured then changes each run of 1024 components (the last may be shorter, n in all) by
//   h = the 64-bit word (run mod 8) of the stream's block 2^62 + run / 8, with p_k = bits 10k to
//   10k+9 of h, in this order: components from p_0 n / 1024 on, 1 + p_1 (n / 4) / 1024 of them,
//   equal the first of them; the one at p_2 n / 1024 is multiplied by 64 (kept finite); components
//   from p_3 n / 1024 on, p_4 (n / 8) / 1024 of them, are zero. Complex runs have 1024 components
//   too.
// integers                value = low + (w * span >> 32), 32-bit w, where span = high - low + 1 is
//                         at most 65536 and both ends fit in 32 bits; otherwise
//                         low + (w * span >> 64), 64-bit w. Components differ in probability by at
//                         most span * 2^-32, span * 2^-64.
// permutation             0 ... n-1, then for i = n-1 ... 1 swapped with place (w * (i + 1) >> 64),
//                         64-bit words in order. Serial.
// boolean                 w >> 31 of 32-bit words, whatever the distribution; but integers draws
//                         integers, and stores whether they are not zero.
// custom                  calls the generator with the ChaChaSource of (key, nonce).
#pragma once

#include <cstdint>

#include "aisp/tensor.h"
#include "base/chacha.h"
#include "base/result.h"

namespace aisp {

// Whether `distribution` can be drawn into `tensor`: bounds in order and finite, integers and
// permutations that the dtype holds exactly, a generator where one is needed.
Status check_fill(const Tensor& tensor, const Distribution& distribution);

// Fills the elements of a tensor whose element 0 is at `data`; bytes between the strides stay as
// they are. check_fill must have said yes. Large tensors are shared out over the pool of
// base/parallel.h.
void fill_tensor(const Tensor& tensor, const Distribution& distribution, const Key& key,
                 std::uint64_t nonce, void* data);

}  // namespace aisp
