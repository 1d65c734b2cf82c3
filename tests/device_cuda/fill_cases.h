// Tensors and distributions that together use each formula of fill at its edges.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "aisp/tensor.h"
#include "base/chacha.h"

namespace aisp {

struct FillCase {
  Tensor tensor;
  Distribution distribution;
  std::string name;  // "bf16 normal(1, 2) [7]"
};

// Every dtype with every distribution that it can be drawn from (but permutation and custom), in
// sizes up to `most_elements`, contiguous and strided.
std::vector<FillCase> fill_cases(std::int64_t most_elements);

Key fill_test_key();

// The CPU's bytes; gaps hold 0xcd.
std::vector<std::byte> cpu_fill(const FillCase& c, std::uint64_t nonce);

}  // namespace aisp
