// One block of the ChaCha8 stream (base/chacha.h) in one thread.
//
// The pipe that combines and rotates does 64 instructions of a thread in a cycle of a multiprocessor; the
// compiler moves most additions to the one that multiplies. What is left on it are 255 instructions a
// block, so that 132 multiprocessors at 1.98 GHz cannot make more than 4.2 TB/s of stream: 3.9 were measured
// on an H200, without a store. Moving all additions (a * 1 + b) or rotations (wide products) away by hand
// was slower.
#pragma once

#include <cstdint>

#include "device/cuda/kernels/numeric.h"

namespace aisp::cuda {

AISP_FORMULA std::uint32_t rotate_left(std::uint32_t x, int n) {
#ifdef __CUDA_ARCH__
  return __funnelshift_l(x, x, n);
#else
  return x << n | x >> (32 - n);
#endif
}

AISP_FORMULA void quarter_round(std::uint32_t& a, std::uint32_t& b, std::uint32_t& c,
                                std::uint32_t& d) {
  a += b, d = rotate_left(d ^ a, 16);
  c += d, b = rotate_left(b ^ c, 12);
  a += b, d = rotate_left(d ^ a, 8);
  c += d, b = rotate_left(b ^ c, 7);
}

// words[0 … 15]: block `block` of the stream of (key, nonce), as little-endian 32-bit words.
AISP_FORMULA void chacha_block(const std::uint32_t (&key)[8], std::uint64_t nonce,
                               std::uint64_t block, std::uint32_t (&words)[16]) {
  const std::uint32_t first[16] = {0x61707865,
                                   0x3320646e,
                                   0x79622d32,
                                   0x6b206574,
                                   key[0],
                                   key[1],
                                   key[2],
                                   key[3],
                                   key[4],
                                   key[5],
                                   key[6],
                                   key[7],
                                   static_cast<std::uint32_t>(block),
                                   static_cast<std::uint32_t>(block >> 32),
                                   static_cast<std::uint32_t>(nonce),
                                   static_cast<std::uint32_t>(nonce >> 32)};
  AISP_UNROLL
  for (int i = 0; i < 16; ++i) words[i] = first[i];
  std::uint32_t(&x)[16] = words;
  AISP_UNROLL
  for (int round = 0; round < 4; ++round) {
    quarter_round(x[0], x[4], x[8], x[12]);
    quarter_round(x[1], x[5], x[9], x[13]);
    quarter_round(x[2], x[6], x[10], x[14]);
    quarter_round(x[3], x[7], x[11], x[15]);
    quarter_round(x[0], x[5], x[10], x[15]);
    quarter_round(x[1], x[6], x[11], x[12]);
    quarter_round(x[2], x[7], x[8], x[13]);
    quarter_round(x[3], x[4], x[9], x[14]);
  }
  AISP_UNROLL
  for (int i = 0; i < 16; ++i) words[i] += first[i];
}

}  // namespace aisp::cuda
