// Two passes through a temporary, as two calls of a vector library would do it.
#include <vector>

#include "aisp/implementation.h"

namespace {

class TwoPasses {
 public:
  explicit TwoPasses(const aisp::Launch& shapes)
      : scaled_(shapes.output_tensor(0).elements),
        a_(static_cast<float>(shapes.param("a"))),
        b_(static_cast<float>(shapes.param("b"))) {}

  void run(const aisp::Launch& launch) {
    const float* x = launch.input<float>(0);
    const float* y = launch.input<float>(1);
    float* out = launch.output<float>(0);
    const std::size_t n = scaled_.size();
    scale(x, scaled_.data(), n);
    add_scaled(scaled_.data(), y, out, n);
  }

 private:
  // Kept apart and scalar: the compiler would otherwise fuse and vectorise the two loops.
  __attribute__((noinline)) void scale(const float* x, float* scaled, std::size_t n) const {
#pragma GCC unroll 1
    for (std::size_t i = 0; i < n; ++i) {
      scaled[i] = a_ * x[i];
      asm volatile("" ::: "memory");
    }
  }
  __attribute__((noinline)) void add_scaled(const float* scaled, const float* y, float* out,
                                            std::size_t n) const {
#pragma GCC unroll 1
    for (std::size_t i = 0; i < n; ++i) {
      out[i] = scaled[i] + b_ * y[i];
      asm volatile("" ::: "memory");
    }
  }

  std::vector<float> scaled_;
  float a_;
  float b_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(TwoPasses, "scalar, two passes through a temporary");
