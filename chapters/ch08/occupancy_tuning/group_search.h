// Binary search for kQueries values at once: a step for each of them before the next step of any, without a
// branch, so that kQueries loads are under way. Compiled with gathers where there are some.
#pragma once

#include <aisp/aisp.h>
#include <kernels/choose_kernel.h>

#include <algorithm>
#include <cstdint>

namespace aisp::ch08 {

// rank[0 .. n) for a table of a power of two.
using Search = void (*)(std::int64_t n, std::int32_t entries, const float* table, const float* x,
                        std::int32_t* rank);

template <int kQueries>
__attribute__((always_inline)) inline void search_body(std::int64_t n, std::int32_t entries,
                                                       const float* __restrict table,
                                                       const float* __restrict x,
                                                       std::int32_t* __restrict rank) {
  std::int64_t i = 0;
  for (; i + kQueries <= n; i += kQueries) {
    std::int32_t below[kQueries] = {};
    for (std::int32_t step = entries / 2; step > 0; step /= 2)
      for (int q = 0; q < kQueries; ++q)
        below[q] += table[below[q] + step - 1] < x[i + q] ? step : 0;
    for (int q = 0; q < kQueries; ++q)
      rank[i + q] = below[q] + (table[below[q]] < x[i + q] ? 1 : 0);
  }
  for (; i < n; ++i)
    rank[i] = static_cast<std::int32_t>(std::lower_bound(table, table + entries, x[i]) - table);
}
template <int kQueries>
void search_scalar(std::int64_t n, std::int32_t entries, const float* table, const float* x,
                   std::int32_t* rank) {
  search_body<kQueries>(n, entries, table, x, rank);
}
template <int kQueries>
AISP_TARGET_AVX2 void search_avx2(std::int64_t n, std::int32_t entries, const float* table,
                                  const float* x, std::int32_t* rank) {
  search_body<kQueries>(n, entries, table, x, rank);
}
template <int kQueries>
AISP_TARGET_AVX512 void search_avx512(std::int64_t n, std::int32_t entries, const float* table,
                                      const float* x, std::int32_t* rank) {
  search_body<kQueries>(n, entries, table, x, rank);
}

inline constexpr std::int64_t kTask = 4096;  // queries

template <int kQueries>
void run_search(const Launch& launch) {
  const auto entries = static_cast<std::int32_t>(launch.input_tensor(0).shape[0]);
  const auto n = static_cast<std::int64_t>(launch.output_tensor(0).elements);
  const float* table = launch.input<float>(0);
  const float* x = launch.input<float>(1);
  std::int32_t* rank = launch.output<std::int32_t>(0);
  const Search search = kernels::choose_kernel<Search>(
      search_scalar<kQueries>, search_avx2<kQueries>, search_avx512<kQueries>);
#pragma omp parallel for schedule(static)
  for (std::int64_t i = 0; i < n; i += kTask)
    search(std::min(kTask, n - i), entries, table, x + i, rank + i);
}

}  // namespace aisp::ch08
