#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

#include "recording.h"

namespace aisp::guard {
namespace {

using namespace testing;

// RMS(want) is 1 in these.
Observation with_errors(const char* dtype, double candidate, double baseline) {
  Observation o = honest_recording();
  OutputError& c = o.outputs[0];
  c.dtype = dtype;
  const auto n = static_cast<double>(c.against_reference.elements);
  c.against_reference.want_sum_squares = n;
  c.against_reference.error_sum_squares = candidate * candidate * n;
  c.baseline_error_rms = baseline;
  return o;
}

constexpr double u(int mantissa_bits) {
  double value = 0.5;
  for (int i = 0; i < mantissa_bits; ++i) value /= 2;
  return value;
}

TEST(Precision, KnowsLowerPrecisionFromAnotherOrder) {
  const double one_factor = 0.42, two_factors = 0.6;  // of u
  const struct {
    const char* what;
    const char* dtype;
    double candidate, baseline;
    bool pass;
  } cases[] = {
      {"equal", "fp32", 1e-7, 1e-7, true},
      {"blocked sums against serial ones", "fp32", 1e-7, 4e-7, true},
      {"serial sums against blocked ones", "fp32", 4e-7, 1e-7, true},
      {"approximate exp of 4 roundings", "fp32", 4 * u(22), 0.3 * u(23), true},
      {"fp16 or tf32 for one factor", "fp32", one_factor * u(10), 1e-7, false},
      {"fp16 or tf32 for both", "fp32", two_factors * u(10), 1e-7, false},
      {"tf32 next to a poor baseline", "fp32", two_factors * u(10), 2e-5, false},
      {"bf16", "fp32", two_factors * u(7), 2e-5, false},
      {"two bf16 terms per factor", "fp32", two_factors * u(15), 1e-7, false},
      {"both lose digits", "fp32", 7e-4, 1e-4, true},
      {"fp32 inside fp64", "fp64", one_factor * u(23), 1e-16, false},
      {"fp64 in another order", "fp64", 1e-15, 1e-16, true},
      {"fp32 inside complex128", "complex128", one_factor * u(23), 1e-16, false},
      {"bf16 output, bf16 factors", "bf16", 0.75 * u(7), 0.42 * u(7), true},
      {"fp8 inside bf16", "bf16", two_factors * u(3), 0.42 * u(7), false},
      {"bf16 inside fp16", "fp16", two_factors * u(7), 0.42 * u(10), false},
      {"fp16 output, fp16 factors", "fp16", 0.75 * u(10), 0.42 * u(10), true},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.what);
    expect(c.pass ? FindingStatus::pass : FindingStatus::fail,
           precision(with_errors(c.dtype, c.candidate, c.baseline)));
  }
}

// Dot products of fp32 vectors, really computed: the errors above are not only theory.
struct DotErrors {
  double serial = 0, blocked = 0, tf32_factor = 0, want = 0;
};

float to_tf32(float x) {
  std::uint32_t bits = std::bit_cast<std::uint32_t>(x);
  bits = (bits + 0xfffu + (bits >> 13 & 1u)) & ~0x1fffu;
  return std::bit_cast<float>(bits);
}

DotErrors dot_errors(int terms, int dots) {
  std::mt19937_64 engine(7);
  const auto uniform = [&] { return static_cast<float>(engine() >> 40) * 0x1p-23f - 1; };
  DotErrors sums;
  for (int d = 0; d < dots; ++d) {
    double want = 0;
    float serial = 0, tf32 = 0;
    std::array<float, 16> lanes{};
    for (int k = 0; k < terms; ++k) {
      const float x = uniform(), y = uniform();
      want += static_cast<double>(x) * y;
      serial += x * y;
      tf32 += to_tf32(x) * y;
      lanes[static_cast<std::size_t>(k % 16)] += x * y;
    }
    float blocked = 0;
    for (const float lane : lanes) blocked += lane;
    sums.want += want * want;
    sums.serial += std::pow(serial - want, 2);
    sums.blocked += std::pow(blocked - want, 2);
    sums.tf32_factor += std::pow(tf32 - want, 2);
  }
  const double unit = sums.want;
  return {std::sqrt(sums.serial / unit), std::sqrt(sums.blocked / unit),
          std::sqrt(sums.tf32_factor / unit), 1};
}

TEST(Precision, HoldsForRealSums) {
  for (const int terms : {64, 1024, 65'536}) {
    SCOPED_TRACE(terms);
    const DotErrors e = dot_errors(terms, 400);
    Observation o = with_errors("fp32", e.serial, e.blocked);
    double calls = 0;
    for (const Window& w : o.windows) calls += w.calls_by_reference;
    o.flops = 2.0 * terms * static_cast<double>(o.outputs[0].against_reference.elements) / calls;
    expect_pass(precision(o));
    for (const double baseline : {e.serial, e.blocked}) {
      Observation low = with_errors("fp32", e.tf32_factor, baseline);
      low.flops = o.flops;
      expect_fail(precision(low));
    }
  }
}

TEST(Precision, EdgesOfTheLimit) {
  const double eps = std::ldexp(1.0, -23);
  const struct {
    double candidate, baseline, flops_per_element;
    bool pass;
  } cases[] = {
      {7.99 * eps, 0, 0, true},
      {8.01 * eps, 0, 0, false},
      // Sums of 10,000 terms: u x 100.
      {49.9 * eps, 0, 20'000, true},
      {50.1 * eps, 0, 20'000, false},
      {63.9e-7, 1e-7, 0, true},
      {64.1e-7, 1e-7, 0, false},
      // 64 x stops at u / 4 of tf32 = 2^-13 = 1.22e-4, and 8 x goes on.
      {1.21e-4, 1e-5, 0, true},
      {1.23e-4, 1e-5, 0, false},
      {7.9e-4, 1e-4, 0, true},
      {8.1e-4, 1e-4, 0, false},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.candidate);
    Observation o = with_errors("fp32", c.candidate, c.baseline);
    o.flops = c.flops_per_element * 65'536;
    expect(c.pass ? FindingStatus::pass : FindingStatus::fail, precision(o));
  }
}

TEST(Precision, PassesWhereItDoesNotApply) {
  Observation o = with_errors("fp32", 1e-3, 1e-7);
  o.is_baseline = true;
  expect_pass(precision(o));
  expect_says(precision(o), "not applicable");

  o = with_errors("int32", 0, 0);
  expect_pass(precision(o));
  expect_says(precision(o), "exact");
}

TEST(Precision, OnlyAWrittenReasonDeclaresALesson) {
  Observation o = with_errors("fp32", 1e-3, 1e-7);
  o.outputs[0].tolerance_factor = 1000;
  expect_fail(precision(o));
  o.outputs[0].why = "the lesson is bf16";
  expect_pass(precision(o));
  expect_says(precision(o), "the lesson is bf16");
  o.outputs[0].tolerance_factor = 100;
  expect_fail(precision(o));
}

TEST(Precision, DoesNotGuess) {
  Observation o = with_errors("fp32", 1e-5, -1);
  expect_not_run(precision(o));
  expect_pass(precision(with_errors("fp32", 1e-7, -1)));  // below the dtype's own limit anyway
  o = with_errors("fp32", 1e-7, 1e-7);
  o.outputs[0].against_reference = {};
  expect_not_run(precision(o));
  expect_not_run(precision(with_errors("fp32", std::nan(""), 1e-7)));
  expect_not_run(precision(with_errors("fp31", 1e-7, 1e-7)));
}

}  // namespace
}  // namespace aisp::guard
