#include "verify/agree.h"

#include <cmath>

namespace aisp {

std::size_t disagreements(const Output& output, const ExpectedTensor& a, const ExpectedTensor& b) {
  constexpr double kShare = 1e-3;
  std::size_t count = 0;
  for (std::size_t i = 0; i < a.integer.size(); ++i) count += a.integer[i] != b.integer[i];
  double squares = 0;
  for (const double x : b.real)
    if (std::isfinite(x)) squares += x * x;
  const Tolerance& t = output.tolerance;
  const double rms = b.real.empty() ? 0 : std::sqrt(squares / static_cast<double>(b.real.size()));
  for (std::size_t i = 0; i < a.real.size(); ++i) {
    const double x = a.real[i], y = b.real[i];
    if (x == y || (std::isnan(x) && std::isnan(y))) continue;
    const double allowed = kShare * (t.atol + t.rms * rms + t.rtol * std::fabs(y));
    count += !(std::fabs(x - y) <= allowed);
  }
  return count;
}

bool agree(const Problem& problem, const std::vector<ExpectedTensor>& a,
           const std::vector<ExpectedTensor>& b) {
  for (std::size_t o = 0; o < problem.outputs.size(); ++o)
    if (disagreements(problem.outputs[o], a[o], b[o]) > 0) return false;
  return true;
}

}  // namespace aisp
