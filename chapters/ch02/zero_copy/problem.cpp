// A table in the host's memory, of which the device needs some rows: y[i] = table[index[i]]. Copying the
// table reads all of it; a kernel that reads the host's memory itself reads what it needs, more slowly.
#include <aisp/aisp.h>

#include <cstdint>

namespace {

void reference(const aisp::Inputs& in, const aisp::Expected& expected) {
  const std::int64_t width = in[0].tensor->shape[1];
  const float* table = in[0].as<float>().data();
  const auto* index = in[1].as<std::int32_t>().data();
  const auto count = in[1].tensor->elements();
  double* y = expected.real(0).data();
#pragma omp parallel for
  for (std::int64_t i = 0; i < count; ++i)
    for (std::int64_t c = 0; c < width; ++c) y[i * width + c] = table[index[i] * width + c];
}

aisp::Problem make(std::string_view device) {
  // 256 MiB of rows of 128 bytes; 64 Ki of them are asked for, 8 MiB.
  const bool cuda = device == "cuda";
  const std::int64_t width = 32, rows = cuda ? 2 << 20 : 1 << 15, count = cuda ? 1 << 16 : 1 << 10;
  return {
      .target = "ch02:zero_copy",
      .summary = "some rows of a table on the host: copy all of it, or read what is needed",
      .inputs = {{.tensor = aisp::Tensor{.name = "table",
                                         .dtype = aisp::Dtype::fp32,
                                         .shape = {rows, width},
                                         .placement = aisp::Placement::host},
                  .role = aisp::Role::activation,
                  .distribution = aisp::Distribution::uniform(-1, 1)},
                 {.tensor = aisp::Tensor{"index", aisp::Dtype::int32, {count}},
                  .role = aisp::Role::activation,
                  .distribution = aisp::Distribution::integers(0, rows - 1)}},
      .outputs = {{.tensor = aisp::Tensor{"y", aisp::Dtype::fp32, {count, width}},
                   .tolerance = aisp::Tolerance::exact()}},
      .params = {},
      .reference = reference,
      .validate = aisp::no_invariants,
      // The least that must move: the rows that are asked for, and not the table.
      .work = aisp::Work{.flops = 0, .bytes = static_cast<double>(count) * (8.0 * 32 + 4)},
      .goal = aisp::Goal::speed,
  };
}

}  // namespace

AISP_PROBLEM_BY_DEVICE(make)
