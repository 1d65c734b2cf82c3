// One vector goes from the host's memory to the device, another one from the device to the host's. Nothing
// is computed; PCIe carries both directions at once, and the lesson is to let it.
#include <aisp/aisp.h>

#include <cstdint>
#include <cstring>

namespace {

void reference(const aisp::Inputs& in, const aisp::Expected& expected) {
  for (std::size_t t = 0; t < 2; ++t) {
    const float* from = in[t].as<float>().data();
    const auto to = expected.real(t);
    const auto n = static_cast<std::int64_t>(to.size());
#pragma omp parallel for
    for (std::int64_t i = 0; i < n; ++i) to[static_cast<std::size_t>(i)] = from[i];
  }
}

aisp::Problem make(std::string_view device) {
  const std::int64_t n = device == "cuda" ? 8 << 20 : 1 << 20;  // 32 MiB each way
  const auto tensor = [n](const char* name, aisp::Placement placement) {
    return aisp::Tensor{
        .name = name, .dtype = aisp::Dtype::fp32, .shape = {n}, .placement = placement};
  };
  const auto uniform = aisp::Distribution::uniform(-1, 1);
  using enum aisp::Placement;
  return {
      .target = "ch02:memory_transfer",
      .summary = "a vector to the device and one back: one after the other, or both ways at once",
      .inputs = {{.tensor = tensor("up", host),
                  .role = aisp::Role::activation,
                  .distribution = uniform},
                 {.tensor = tensor("down", aisp::Placement::device),
                  .role = aisp::Role::activation,
                  .distribution = uniform}},
      .outputs = {{.tensor = tensor("uploaded", aisp::Placement::device),
                   .tolerance = aisp::Tolerance::exact()},
                  {.tensor = tensor("downloaded", host), .tolerance = aisp::Tolerance::exact()}},
      .params = {},
      .reference = reference,
      .validate = aisp::no_invariants,
      .work = aisp::Work{.flops = 0, .bytes = 16.0 * static_cast<double>(n)},
      .goal = aisp::Goal::speed,
  };
}

}  // namespace

AISP_PROBLEM_BY_DEVICE(make)
