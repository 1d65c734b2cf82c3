// rank[i] = how many entries of a sorted table are less than x[i]: binary search, a chain of 22 loads each of
// which waits for the one before. Nothing can be computed while one waits, so that the time is a matter
// of how many searches are under way at once.
#include <aisp/aisp.h>

#include <algorithm>
#include <cstdint>

namespace {

constexpr std::int64_t kEntries = 1 << 22;

// Sorted by construction: entry k lies between k / kEntries and (k + 1) / kEntries.
void sorted(aisp::RandomSource& random, void* data, std::size_t elements) {
  float* table = static_cast<float*>(data);
  for (std::size_t k = 0; k < elements; ++k)
    table[k] = static_cast<float>((static_cast<double>(k) + random.uniform()) /
                                  static_cast<double>(elements));
}

void reference(const aisp::Inputs& in, const aisp::Expected& expected) {
  const auto table = in[0].as<float>();
  const float* x = in[1].as<float>().data();
  const auto rank = expected.integer(0);
  const auto n = static_cast<std::int64_t>(rank.size());
#pragma omp parallel for
  for (std::int64_t i = 0; i < n; ++i)
    rank[static_cast<std::size_t>(i)] =
        std::lower_bound(table.begin(), table.end(), x[i]) - table.begin();
}

aisp::Problem make(std::string_view device) {
  // A table of 16 MiB: larger than a core's caches, and it stays in a GPU's L2.
  const std::int64_t n = device == "cuda" ? 16 << 20 : 1 << 17;
  const auto queries = static_cast<double>(n);
  return {
      .target = "ch08:occupancy_tuning",
      .summary = "binary search: chains of loads that wait, and how many are under way at once",
      .inputs = {{.tensor = aisp::Tensor{"table", aisp::Dtype::fp32, {kEntries}},
                  .role = aisp::Role::weight,
                  .distribution = aisp::Distribution::custom(sorted)},
                 {.tensor = aisp::Tensor{"x", aisp::Dtype::fp32, {n}},
                  .role = aisp::Role::activation,
                  .distribution = aisp::Distribution::uniform(0, 1)}},
      .outputs = {{.tensor = aisp::Tensor{"rank", aisp::Dtype::int32, {n}},
                   .tolerance = aisp::Tolerance::exact()}},
      .params = {},
      .reference = reference,
      .validate = aisp::no_invariants,
      // A comparison for each level.
      .work = aisp::Work{.flops = 22 * queries,
                         .bytes = 8 * queries + 4 * static_cast<double>(kEntries)},
      .goal = aisp::Goal::speed,
  };
}

}  // namespace

AISP_PROBLEM_BY_DEVICE(make)
