// Seeded series of known distribution, for tests of coverage. The normal values are made here and
// not by the standard library, whose algorithm is not specified, so that the rates are the same
// with every compiler.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <random>
#include <vector>

namespace aisp::stats::testing {

class RandomSeries {
 public:
  explicit RandomSeries(std::uint64_t seed) : engine_(seed) {}

  // In (0, 1).
  double uniform() { return (static_cast<double>(engine_() >> 11) + 0.5) * 0x1p-53; }

  // Box and Muller; mean 0, deviation 1.
  double normal() {
    const double radius = std::sqrt(-2 * std::log(uniform()));
    return radius * std::cos(2 * std::numbers::pi * uniform());
  }

  std::vector<double> normals(std::size_t n) {
    std::vector<double> values(n);
    for (double& v : values) v = normal();
    return values;
  }

  // Median 1.
  std::vector<double> lognormals(std::size_t n) {
    std::vector<double> values = normals(n);
    for (double& v : values) v = std::exp(v);
    return values;
  }

  // Three in four in a fast mode at 0, the others in a slow one at 10; both of deviation 1. The
  // median is where the fast mode has two thirds below it: 0.4307273.
  std::vector<double> bimodals(std::size_t n) {
    std::vector<double> values(n);
    for (double& v : values) v = (uniform() < 0.75 ? 0 : 10) + normal();
    return values;
  }

  // First-order autoregression, stationary, median 0, deviation 1.
  std::vector<double> autoregression(std::size_t n, double r) {
    std::vector<double> values(n);
    double state = normal();
    for (double& v : values) {
      v = state;
      state = r * state + std::sqrt(1 - r * r) * normal();
    }
    return values;
  }

 private:
  std::mt19937_64 engine_;
};

}  // namespace aisp::stats::testing
