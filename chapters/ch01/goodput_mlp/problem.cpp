// A two-layer perceptron over 64 micro-batches of one row (64 requests, one token each; on a GPU 64
// rows): y = relu(x W1 + b1) W2 + b2. A micro-batch does little work for each weight it reads, so
// that one by one they spend the time on reading the weights 64 times; the useful work per second
// (goodput) comes from doing them together.
#include <aisp/aisp.h>

#include <cmath>
#include <vector>

#include <kernels/reference_gemm.h>

namespace {

struct Sizes {
  std::int64_t micro_batches, rows, in, hidden, out;
  std::int64_t all_rows() const { return micro_batches * rows; }
};

// On a CPU 64 requests of one row, and 6 MiB of weights: more than an L2. On a GPU 64 rows each, 16 MiB
// of weights, because a micro-batch must be worth a launch.
constexpr Sizes sizes_for(std::string_view device) {
  return device == "cuda" ? Sizes{64, 64, 1024, 2048, 1024} : Sizes{64, 1, 512, 1536, 512};
}

// Measured as the worst error in units of what is allowed, several draws: OpenBLAS 0.03, tiles with
// sums in one chain (AVX-512, AVX2 or plain loops) 0.08 to 0.10; result rounded to tf32 or fp16 17,
// to bf16 135; inputs and weights rounded to tf32 or fp16 31, to bf16 229.
const aisp::Tolerance kTolerance{
    1e-5, 1e-8, 4e-5,
    "sums of 512 to 2048 products in fp32: rounding is relative to the size of the partial sums, "
    "not to the result, which may cancel"};

void reference(const aisp::Inputs& in, const aisp::Expected& expected) {
  const auto& x_shape = in[0].tensor->shape;
  const std::int64_t all_rows = x_shape[0] * x_shape[1], n_in = x_shape[2];
  const std::int64_t n_hidden = in[1].tensor->shape[1], n_out = in[3].tensor->shape[1];
  const float* b1 = in[2].as<float>().data();
  const float* b2 = in[4].as<float>().data();
  std::vector<double> hidden(static_cast<std::size_t>(all_rows * n_hidden));
  aisp::kernels::reference_gemm(all_rows, n_hidden, n_in, in[0].as<float>().data(),
                                in[1].as<float>().data(), hidden.data());
  for (std::int64_t r = 0; r < all_rows; ++r)
    for (std::int64_t j = 0; j < n_hidden; ++j) {
      double& h = hidden[static_cast<std::size_t>(r * n_hidden + j)];
      h = std::fmax(h + b1[j], 0.0);
    }
  double* y = expected.real(0).data();
  aisp::kernels::reference_gemm(all_rows, n_out, n_hidden, hidden.data(), in[3].as<float>().data(),
                                y);
  for (std::int64_t r = 0; r < all_rows; ++r)
    for (std::int64_t j = 0; j < n_out; ++j) y[r * n_out + j] += b2[j];
}

aisp::Input weight(std::string name, std::vector<std::int64_t> shape, double deviation) {
  return {.tensor = aisp::Tensor{std::move(name), aisp::Dtype::fp32, std::move(shape)},
          .role = aisp::Role::weight,
          .distribution = aisp::Distribution::normal(0, deviation)};
}

aisp::Problem make(std::string_view device) {
  const Sizes s = sizes_for(device);
  const auto real = [](std::int64_t value) { return static_cast<double>(value); };
  return {
      .target = "ch01:goodput_mlp",
      .summary = "MLP over 64 micro-batches: one at a time, or as one fused batch",
      // Weights are scaled by 1/sqrt(fan-in), so that every layer's values are of order one, and
      // the biases are as large as what they are added to: leaving one out shows.
      .inputs = {{.tensor = aisp::Tensor{"x", aisp::Dtype::fp32, {s.micro_batches, s.rows, s.in}},
                  .role = aisp::Role::activation,
                  .distribution = aisp::Distribution::normal(0, 1)},
                 weight("W1", {s.in, s.hidden}, 1 / std::sqrt(real(s.in))),
                 weight("b1", {s.hidden}, 0.5),
                 weight("W2", {s.hidden, s.out}, 1 / std::sqrt(real(s.hidden))),
                 weight("b2", {s.out}, 0.5)},
      .outputs = {{.tensor = aisp::Tensor{"y", aisp::Dtype::fp32, {s.micro_batches, s.rows, s.out}},
                   .tolerance = kTolerance}},
      .params = {},
      .reference = reference,
      .validate = aisp::no_invariants,
      .work = aisp::Work{.flops = real(s.all_rows()) * (2.0 * real(s.in * s.hidden) +
                                                        2.0 * real(s.hidden) +  // bias, relu
                                                        2.0 * real(s.hidden * s.out) + real(s.out)),
                         .bytes = 4.0 * real(s.all_rows() * (s.in + s.out) + s.in * s.hidden +
                                             s.hidden + s.hidden * s.out + s.out)},
      .goal = aisp::Goal::speed,
  };
}

}  // namespace

AISP_PROBLEM_BY_DEVICE(make)
