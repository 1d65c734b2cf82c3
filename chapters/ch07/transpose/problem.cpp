// B = A transposed, out of place, with fewer rows than columns so that the two cannot be mixed up.
// Nothing is computed: one of the two sides has to be walked against the grain of the memory, and
// the lesson is where.
#include <aisp/aisp.h>

#include <algorithm>
#include <cstdint>

namespace {

void reference(const aisp::Inputs& in, const aisp::Expected& expected) {
  const std::int64_t rows = in[0].tensor->shape[0], columns = in[0].tensor->shape[1];
  const float* a = in[0].as<float>().data();
  double* b = expected.real(0).data();
  constexpr std::int64_t kBlock = 32;
#pragma omp parallel for
  for (std::int64_t c0 = 0; c0 < columns; c0 += kBlock)
    for (std::int64_t r0 = 0; r0 < rows; r0 += kBlock)
      for (std::int64_t c = c0; c < std::min(columns, c0 + kBlock); ++c)
        for (std::int64_t r = r0; r < std::min(rows, r0 + kBlock); ++r)
          b[c * rows + r] = a[r * columns + c];
}

aisp::Problem make(std::string_view device) {
  // 60 MiB in and out together on a CPU (caches are flushed before each window), 560 MiB on a GPU. On
  // the CPU both row lengths are odd numbers of cache lines: rows a multiple of 4 KiB apart would
  // share a few sets of the L1, and that is another lesson.
  const bool cuda = device == "cuda";
  const std::int64_t rows = cuda ? 7168 : 2576, columns = cuda ? 10240 : 3056;
  return {
      .target = "ch07:transpose",
      .summary = "B = transposed A: strided accesses to memory, or to something nearer",
      .inputs = {{.tensor = aisp::Tensor{"A", aisp::Dtype::fp32, {rows, columns}},
                  .role = aisp::Role::activation,
                  .distribution = aisp::Distribution::uniform(-1, 1)}},
      // Values are moved, not computed.
      .outputs = {{.tensor = aisp::Tensor{"B", aisp::Dtype::fp32, {columns, rows}},
                   .tolerance = aisp::Tolerance::exact()}},
      .params = {},
      .reference = reference,
      .validate = aisp::no_invariants,
      .work = aisp::Work{.flops = 0, .bytes = 8.0 * static_cast<double>(rows * columns)},
      .goal = aisp::Goal::speed,
  };
}

}  // namespace

AISP_PROBLEM_BY_DEVICE(make)
