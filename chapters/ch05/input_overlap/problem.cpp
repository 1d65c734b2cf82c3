// A batch of images on its way to a network: 8-bit pixels, three channels next to each other, become floats
// with the mean taken off and the scale divided out, one plane for each channel. Three stages, and the lesson
// is how much of the batch a stage takes before the next one sees it.
#include <aisp/aisp.h>

#include <cstdint>

namespace {

const aisp::Tolerance kTolerance{
    1e-6, 1e-8, 1e-6, "a difference that may cancel: rounding is relative to the pixel, not to it"};

void reference(const aisp::Inputs& in, const aisp::Expected& expected) {
  const auto& shape = in[0].tensor->shape;  // images, pixels, channels
  const auto* raw = in[0].as<std::uint8_t>().data();
  const float* mean = in[1].as<float>().data();
  const float* scale = in[2].as<float>().data();
  double* out = expected.real(0).data();
#pragma omp parallel for
  for (std::int64_t i = 0; i < shape[0]; ++i)
    for (std::int64_t c = 0; c < shape[2]; ++c)
      for (std::int64_t p = 0; p < shape[1]; ++p)
        out[(i * shape[2] + c) * shape[1] + p] =
            (raw[(i * shape[1] + p) * shape[2] + c] - static_cast<double>(mean[c])) *
            static_cast<double>(scale[c]);
}

aisp::Problem make() {
  constexpr std::int64_t kImages = 64, kPixels = 224 * 224, kChannels = 3;  // 9 MiB in, 37 MiB out
  return {
      .target = "ch05:input_overlap",
      .summary =
          "images to planes of floats: three stages over the whole batch, or over a piece at a "
          "time",
      .inputs = {{.tensor = aisp::Tensor{"raw", aisp::Dtype::uint8, {kImages, kPixels, kChannels}},
                  .role = aisp::Role::activation,
                  .distribution = aisp::Distribution::integers(0, 255)},
                 {.tensor = aisp::Tensor{"mean", aisp::Dtype::fp32, {kChannels}},
                  .role = aisp::Role::activation,
                  .distribution = aisp::Distribution::uniform(100, 150)},
                 {.tensor = aisp::Tensor{"scale", aisp::Dtype::fp32, {kChannels}},
                  .role = aisp::Role::activation,
                  .distribution = aisp::Distribution::uniform(0.01, 0.02)}},
      .outputs = {{.tensor =
                       aisp::Tensor{"planes", aisp::Dtype::fp32, {kImages, kChannels, kPixels}},
                   .tolerance = kTolerance}},
      .params = {},
      .reference = reference,
      .validate = aisp::no_invariants,
      .work = aisp::Work{.flops = 2.0 * kImages * kPixels * kChannels,
                         .bytes = 5.0 * kImages * kPixels * kChannels},
      .goal = aisp::Goal::speed,
  };
}

}  // namespace

AISP_PROBLEM(make)
