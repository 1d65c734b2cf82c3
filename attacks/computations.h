// The work that the testbed problems ask for, done honestly: what an attack pretends to do, or does
// later, and what its honest twin does on the spot.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "aisp/implementation.h"

namespace corpus {

// One call of testbed:axpby, remembered: out = a*x + b*y.
struct Axpby {
  const float* x = nullptr;
  const float* y = nullptr;
  float* out = nullptr;
  std::size_t n = 0;
  float a = 0;
  float b = 0;

  Axpby() = default;
  explicit Axpby(const aisp::Launch& launch)
      : x(launch.input<float>(0)),
        y(launch.input<float>(1)),
        out(launch.output<float>(0)),
        n(launch.output_tensor(0).elements),
        a(static_cast<float>(launch.param("a"))),
        b(static_cast<float>(launch.param("b"))) {}

  void compute(std::size_t begin, std::size_t end) const {
    for (std::size_t i = begin; i < end; ++i) out[i] = a * x[i] + b * y[i];
  }
  void compute() const { compute(0, n); }
};

// One row of testbed:rowsum, with eight partial sums.
inline float sum(const float* values, std::size_t n) {
  float partial[8] = {};
  for (std::size_t i = 0; i + 8 <= n; i += 8)
    for (std::size_t lane = 0; lane < 8; ++lane) partial[lane] += values[i + lane];
  float total = 0;
  for (const float p : partial) total += p;
  for (std::size_t i = n / 8 * 8; i < n; ++i) total += values[i];
  return total;
}

// Adds the counts of values[begin, end) to 256 bins.
inline void count(const std::uint8_t* values, std::size_t begin, std::size_t end,
                  std::int32_t* bins) {
  std::int32_t table[4][256] = {};
  for (std::size_t i = begin; i < end; ++i) ++table[i % 4][values[i]];
  for (std::size_t bin = 0; bin < 256; ++bin)
    bins[bin] += table[0][bin] + table[1][bin] + table[2][bin] + table[3][bin];
}

// testbed:project with a row-major weight `w`, over the first `used` of its `inner` rows.
inline void project(const aisp::Launch& launch, const float* w, std::size_t used) {
  const float* x = launch.input<float>(0);
  float* out = launch.output<float>(0);
  const auto rows = static_cast<std::size_t>(launch.input_tensor(0).shape[0]);
  const auto inner = static_cast<std::size_t>(launch.input_tensor(1).shape[0]);
  const auto columns = static_cast<std::size_t>(launch.input_tensor(1).shape[1]);
  for (std::size_t row = 0; row < rows; ++row) {
    float* sums = out + row * columns;
    std::memset(sums, 0, columns * sizeof(float));
    for (std::size_t k = 0; k < used; ++k)
      for (std::size_t j = 0; j < columns; ++j) sums[j] += x[row * inner + k] * w[k * columns + j];
  }
}

// FNV-1a over 64-bit words: what a cache of results would use as its key.
inline std::uint64_t hash(const void* data, std::size_t bytes,
                          std::uint64_t seed = 0xcbf29ce484222325) {
  const auto* p = static_cast<const unsigned char*>(data);
  for (std::size_t i = 0; i + 8 <= bytes; i += 8) {
    std::uint64_t word;
    std::memcpy(&word, p + i, sizeof word);
    seed = (seed ^ word) * 0x100000001b3;
  }
  return seed;
}

}  // namespace corpus
