#include "verify/verifier.h"

#include "base/huge_pages.h"
#include "verify/cuda/cuda_verifier.h"

namespace aisp {
namespace {

template <class T>
void zeros(std::vector<T>& values, std::size_t n) {
  values.reserve(n);
  prefer_huge_pages(values.data(), n * sizeof(T));
  values.assign(n, T{});
}

}  // namespace

Tolerance scaled(const Tolerance& t, double factor) {
  return {factor * t.rtol, factor * t.atol, factor * t.rms, t.why};
}

void allocate_expected(const Problem& problem, std::vector<ExpectedTensor>& expected) {
  expected.resize(problem.outputs.size());
  for (std::size_t o = 0; o < problem.outputs.size(); ++o) {
    const Tensor& t = problem.outputs[o].tensor;
    const auto n = static_cast<std::size_t>(t.elements());
    if (is_integral(t.dtype)) {
      zeros(expected[o].integer, n);
    } else {
      zeros(expected[o].real, is_complex(t.dtype) ? 2 * n : n);
    }
  }
}

std::unique_ptr<Verifier> make_verifier(const Problem& problem, Buffers& buffers) {
  if (auto on_gpu = make_cuda_verifier(problem, buffers)) return on_gpu;
  return make_host_verifier(problem, buffers);
}

}  // namespace aisp
