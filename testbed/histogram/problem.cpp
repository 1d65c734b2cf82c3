// Counts of 256 byte values: exact integers.
#include "aisp/problem.h"

#include <numeric>

namespace {

constexpr std::int64_t kElements = 1024 * 1024;
constexpr std::int64_t kBins = 256;

void reference(const aisp::Inputs& in, const aisp::Expected& expected) {
  const auto counts = expected.integer(0);
  for (std::int64_t& count : counts) count = 0;
  for (const std::uint8_t value : in[0].as<std::uint8_t>()) ++counts[value];
}

std::string counts_add_up(const aisp::Inputs&, aisp::Outputs outputs) {
  const auto counts = outputs[0].as<std::int32_t>();
  const std::int64_t total = std::accumulate(counts.begin(), counts.end(), std::int64_t{0});
  if (total == kElements) return {};
  return "counts add up to " + std::to_string(total) + " instead of " + std::to_string(kElements);
}

aisp::Problem make() {
  return {
      .target = "testbed:histogram",
      .summary = "counts of 1Mi bytes in 256 bins: four tables instead of one",
      .inputs = {{.tensor =
                      aisp::Tensor{.name = "in", .dtype = aisp::Dtype::uint8, .shape = {kElements}},
                  .role = aisp::Role::activation,
                  .distribution = aisp::Distribution::integers(0, 255)}},
      .outputs = {{.tensor =
                       aisp::Tensor{
                           .name = "counts", .dtype = aisp::Dtype::int32, .shape = {kBins}},
                   .tolerance = aisp::Tolerance::exact()}},
      .reference = reference,
      .validate = counts_add_up,
      .work = aisp::Work{.flops = 1.0 * kElements, .bytes = 1.0 * kElements + 4.0 * kBins},
      .goal = aisp::Goal::speed,
  };
}

}  // namespace

AISP_PROBLEM(make);
