// One allreduce by reduce-scatter and all-gather of elements [first, first + count), called by all threads of on_ranks.
#pragma once

#include <kernels/ranks.h>

#include <cstring>

#include "../accumulate.h"

namespace aisp::ch04 {

// What a collective promises: when it returns, the sum is there on each rank.
template <class Accumulate>
void sum_bucket(Accumulate add, std::int64_t n, std::int64_t first, std::int64_t count,
                const float* x, float* y) {
  kernels::each_rank(kRanks, [&](int rank) {
    const std::int64_t begin = first + count * rank / kRanks,
                       end = first + count * (rank + 1) / kRanks;
    add(end - begin, n, x + begin, y + rank * n + begin);
    for (int other = 0; other < kRanks; ++other)
      if (other != rank)
        std::memcpy(y + other * n + begin, y + rank * n + begin,
                    static_cast<std::size_t>(end - begin) * sizeof(float));
  });
}

}  // namespace aisp::ch04
