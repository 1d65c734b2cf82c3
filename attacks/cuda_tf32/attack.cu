// Products of ten bits of mantissa on tensor cores, sums in fp32.
#include <mma.h>

#include "../device.cuh"

namespace {

// A warp for each tile of 16 x 16, in tf32 on tensor cores.
__global__ void project_tf32(const float* x, const float* w, float* out, int inner, int columns) {
  namespace wmma = nvcuda::wmma;
  wmma::fragment<wmma::matrix_a, 16, 16, 8, wmma::precision::tf32, wmma::row_major> a;
  wmma::fragment<wmma::matrix_b, 16, 16, 8, wmma::precision::tf32, wmma::row_major> b;
  wmma::fragment<wmma::accumulator, 16, 16, 8, float> sum;
  wmma::fill_fragment(sum, 0.0f);
  const unsigned row = blockIdx.y * 16, column = blockIdx.x * 16;
  for (int k = 0; k < inner; k += 8) {
    wmma::load_matrix_sync(a, x + row * static_cast<unsigned>(inner) + k,
                           static_cast<unsigned>(inner));
    wmma::load_matrix_sync(b, w + k * columns + column, static_cast<unsigned>(columns));
    for (float& value : a.x) value = wmma::__float_to_tf32(value);
    for (float& value : b.x) value = wmma::__float_to_tf32(value);
    wmma::mma_sync(sum, a, b, sum);
  }
  wmma::store_matrix_sync(out + row * static_cast<unsigned>(columns) + column, sum,
                          static_cast<unsigned>(columns), wmma::mem_row_major);
}

void run(const aisp::Launch& launch) {
  const auto rows = static_cast<unsigned>(launch.input_tensor(0).shape[0]);
  const auto inner = static_cast<int>(launch.input_tensor(1).shape[0]);
  const auto columns = static_cast<int>(launch.input_tensor(1).shape[1]);
  project_tf32<<<dim3(static_cast<unsigned>(columns) / 16, rows / 16), 32, 0,
                 corpus::stream_of(launch)>>>(launch.input<float>(0), launch.input<float>(1),
                                              launch.output<float>(0), inner, columns);
  corpus::check(cudaGetLastError());
}

}  // namespace

AISP_IMPLEMENTATION(run, "tf32");
