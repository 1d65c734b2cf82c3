// Skip the blanks, then digit by digit, as std::from_chars does it: a loop whose length changes from field
// to field, so that its last branch is predicted wrongly for most of them; fields are shared out over the threads.
#include <aisp/aisp.h>

#include <cstdint>

namespace {

void run(const aisp::Launch& launch) {
  const auto n = static_cast<std::int64_t>(launch.output_tensor(0).elements);
  const std::int64_t width = launch.input_tensor(0).shape[1];
  const std::uint8_t* text = launch.input<std::uint8_t>(0);
  std::int32_t* values = launch.output<std::int32_t>(0);
#pragma omp parallel for schedule(static)
  for (std::int64_t i = 0; i < n; ++i) {
    const std::uint8_t* at = text + i * width;
    while (*at == ' ') ++at;
    std::int32_t value = 0;
    for (; *at != '\n'; ++at) value = value * 10 + (*at - '0');
    values[i] = value;
  }
}

}  // namespace

AISP_IMPLEMENTATION(run, "skip blanks, then digit by digit");
