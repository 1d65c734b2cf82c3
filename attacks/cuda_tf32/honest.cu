// fp32 in tiles, from a weight that was transposed in setup, as weights may be.
#include "../device.cuh"

namespace {

__global__ void transpose(const float* w, float* t, int inner, int columns) {
  const int k = static_cast<int>(blockIdx.y),
            column = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x);
  if (column < columns) t[column * inner + k] = w[k * columns + column];
}

__global__ void project_packed(const float* __restrict__ x, const float* __restrict__ t,
                               float* __restrict__ out, int inner, int columns) {
  __shared__ float xs[16][17];
  __shared__ float ts[16][17];
  const int tx = static_cast<int>(threadIdx.x), ty = static_cast<int>(threadIdx.y);
  const int row = static_cast<int>(blockIdx.y) * 16 + ty;
  const int column = static_cast<int>(blockIdx.x) * 16;
  float sum = 0;
  for (int k = 0; k < inner; k += 16) {
    xs[ty][tx] = x[row * inner + k + tx];
    ts[ty][tx] = t[(column + ty) * inner + k + tx];
    __syncthreads();
#pragma unroll
    for (int i = 0; i < 16; ++i) sum += xs[ty][i] * ts[tx][i];
    __syncthreads();
  }
  out[row * columns + column + tx] = sum;
}

class Kernel {
 public:
  explicit Kernel(const aisp::Launch& launch)
      : inner_(static_cast<int>(launch.input_tensor(1).shape[0])),
        columns_(static_cast<int>(launch.input_tensor(1).shape[1])),
        packed_(launch.input_tensor(1).elements) {
    transpose<<<dim3(corpus::blocks_of(columns_, 128), static_cast<unsigned>(inner_)), 128, 0,
                corpus::stream_of(launch)>>>(launch.input<float>(1), packed_.get(), inner_,
                                             columns_);
    corpus::check(cudaGetLastError());
  }
  void run(const aisp::Launch& launch) {
    const auto rows = static_cast<unsigned>(launch.input_tensor(0).shape[0]);
    project_packed<<<dim3(static_cast<unsigned>(columns_) / 16, rows / 16), dim3(16, 16), 0,
                     corpus::stream_of(launch)>>>(launch.input<float>(0), packed_.get(),
                                                  launch.output<float>(0), inner_, columns_);
    corpus::check(cudaGetLastError());
  }

 private:
  int inner_, columns_;
  corpus::DeviceArray<float> packed_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "weight transposed in setup");
