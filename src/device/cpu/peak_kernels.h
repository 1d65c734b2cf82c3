// The loops behind every measured peak of a CPU. Each says what it computed, so that a loop that was
// optimized away, or a processor that computes nonsense, cannot look fast.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/isa.h"

namespace aisp {

// Independent chains of dependent operations: enough for two units of latency 4 to 5.
inline constexpr int kArithmeticChains = 12;

struct ArithmeticKernel {
  const char* type;   // "fp32"
  const char* isa;    // "avx512"
  double operations;  // of one step of one chain; a multiply-add counts two
  // Runs `steps` steps of all chains from 0 and returns whether every lane of every chain holds what
  // these steps lead to.
  bool (*run)(std::int64_t steps);
};

// Those that this processor has: fp64 and fp32 with each instruction set, then what it has for bf16
// and int8 with AVX-512.
std::vector<ArithmeticKernel> arithmetic_kernels();
// fp32 with the best instruction set.
ArithmeticKernel best_fp32_kernel();

// Adds all 64-bit words up, with loads of the best width. `bytes` is a multiple of 512.
std::uint64_t sum_words(const void* data, std::size_t bytes);

// McCalpin's four, over doubles. The spans are of one length.
void stream_copy(std::span<const double> a, std::span<double> c);
void stream_scale(double s, std::span<const double> c, std::span<double> b);
void stream_add(std::span<const double> a, std::span<const double> b, std::span<double> c);
void stream_triad(double s, std::span<const double> b, std::span<const double> c,
                  std::span<double> a);

// Follows `steps` links from `at`: each word holds the index of the next. Returns the last index.
std::uint64_t chase(const std::uint64_t* words, std::uint64_t at, std::int64_t steps);

// `steps` additions that wait for each other: one cycle each on every processor that we know.
std::uint64_t dependent_additions(std::int64_t steps);

}  // namespace aisp
