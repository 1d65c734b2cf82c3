// The fp32 ceiling: OpenBLAS sgemm with its own threads, then the rounding to bf16. (The OpenBLAS
// of distributions is built without its bf16 product.)
#include <aisp/aisp.h>
#include <cblas.h>

#include <kernels/bf16_tiles.h>

namespace {

class Ceiling {
 public:
  explicit Ceiling(const aisp::Launch& launch)
      : y_(launch.input_tensor(0).shape[0] * launch.input_tensor(1).shape[1]) {}

  void run(const aisp::Launch& launch) {
    const auto rows = static_cast<blasint>(launch.input_tensor(0).shape[0]);
    const auto in = static_cast<blasint>(launch.input_tensor(0).shape[1]);
    const auto out = static_cast<blasint>(launch.input_tensor(1).shape[1]);
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, rows, out, in, 1.0f,
                launch.input<float>(0), in, launch.input<float>(1), out, 0.0f, y_.data(), out);
    aisp::kernels::round_to_bf16(static_cast<std::int64_t>(rows) * out, y_.data(),
                                 launch.output<std::uint16_t>(0));
  }

 private:
  aisp::kernels::AlignedBuffer<float> y_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Ceiling, "OpenBLAS sgemm in fp32, result rounded to bf16");
