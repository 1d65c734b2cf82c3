// y[i] = table[index[i]] at random places of a table that no cache holds. A look-up wants four bytes and
// gets a line or a sector of them, most of which nobody wants before it is gone. The lesson is what it
// is worth to bring look-ups of one region together; bringing them together counts.
#include <aisp/aisp.h>

#include <cstdint>

namespace {

void reference(const aisp::Inputs& in, const aisp::Expected& expected) {
  const float* table = in[0].as<float>().data();
  const std::int32_t* index = in[1].as<std::int32_t>().data();
  const auto y = expected.real(0);
  const auto n = static_cast<std::int64_t>(y.size());
#pragma omp parallel for
  for (std::int64_t i = 0; i < n; ++i)
    y[static_cast<std::size_t>(i)] = static_cast<double>(table[index[i]]);
}

aisp::Problem make(std::string_view device) {
  // A table of 64 MiB on a CPU, of 256 MiB (five times an L2) on a GPU, and as many look-ups as it has
  // elements: each is wanted once on average, a sector of 32 bytes 8 times, a line of 64 bytes 16 times.
  const std::int64_t entries = device == "cuda" ? 64 << 20 : 16 << 20, n = entries;
  return {
      .target = "ch07:lookup",
      .summary = "y = table[index]: look-ups as they come, or region by region",
      .inputs = {{.tensor = aisp::Tensor{"table", aisp::Dtype::fp32, {entries}},
                  .role = aisp::Role::weight,
                  .distribution = aisp::Distribution::uniform(-1, 1)},
                 {.tensor = aisp::Tensor{"index", aisp::Dtype::int32, {n}},
                  .role = aisp::Role::activation,
                  .distribution = aisp::Distribution::integers(0, entries - 1)}},
      // Values are moved, not computed.
      .outputs = {{.tensor = aisp::Tensor{"y", aisp::Dtype::fp32, {n}},
                   .tolerance = aisp::Tolerance::exact()}},
      .params = {},
      .reference = reference,
      .validate = aisp::no_invariants,
      .work = aisp::Work{.flops = 0, .bytes = 4.0 * static_cast<double>(entries + 2 * n)},
      .goal = aisp::Goal::speed,
  };
}

}  // namespace

AISP_PROBLEM_BY_DEVICE(make)
