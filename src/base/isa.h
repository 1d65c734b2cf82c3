// Which of the instruction sets that we have kernels for is used: the best one of this processor,
// unless a test asks for another. Kernels of all sets give the same bits; tests hold them to it.
#pragma once

#include <string_view>
#include <vector>

namespace aisp {

enum class Isa : int { sse2 = 0, avx2 = 1, avx512 = 2 };

std::string_view isa_name(Isa isa);

// What this processor and its operating system offer. avx2 includes FMA and BMI2; avx512 means
// F, BW, DQ and VL.
Isa best_isa();
// sse2 up to best_isa().
std::vector<Isa> available_isas();

// What the kernels use now.
Isa active_isa();

// For tests: while it lives, kernels of the whole process use `isa` (at most best_isa()).
class ForcedIsa {
 public:
  explicit ForcedIsa(Isa isa);
  ~ForcedIsa();
  ForcedIsa(const ForcedIsa&) = delete;
  ForcedIsa& operator=(const ForcedIsa&) = delete;

 private:
  Isa previous_;
};

}  // namespace aisp
