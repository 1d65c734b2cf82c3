// Two passes, as device-wide reductions of libraries have: partial sums into memory that it
// keeps, then their sum.
#include "../../attacks/device_rowsum.cuh"

namespace {

__global__ void partial_sums(const float4* in, float* partial, int vectors) {
  const float4* values =
      in + (static_cast<std::int64_t>(blockIdx.y) * gridDim.x + blockIdx.x) * vectors;
  float sum = 0;
  for (int i = static_cast<int>(threadIdx.x); i < vectors; i += 32) {
    const float4 v = values[i];
    sum += (v.x + v.y) + (v.z + v.w);
  }
  sum = corpus::sum_of_warp(sum);
  if (threadIdx.x == 0) partial[blockIdx.y * gridDim.x + blockIdx.x] = sum;
}

__global__ void add_parts(const float* partial, float* out, int rows, int parts) {
  const int row = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x);
  if (row >= rows) return;
  float sum = 0;
  for (int i = 0; i < parts; ++i) sum += partial[row * parts + i];
  out[row] = sum;
}

class Kernel {
 public:
  explicit Kernel(const aisp::Launch& launch)
      : partial_(launch.output_tensor(0).elements * kParts) {}
  void run(const aisp::Launch& launch) {
    const corpus::Rows job(launch);
    const auto stream = corpus::stream_of(launch);
    partial_sums<<<dim3(kParts, static_cast<unsigned>(job.rows)), 32, 0, stream>>>(
        reinterpret_cast<const float4*>(job.in), partial_.get(), job.columns / 4 / kParts);
    add_parts<<<corpus::blocks_of(job.rows, 256), 256, 0, stream>>>(partial_.get(), job.out,
                                                                    job.rows, kParts);
    corpus::check(cudaGetLastError());
  }

 private:
  static constexpr int kParts = 2;
  corpus::DeviceArray<float> partial_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "two passes");
