// CUB sums the rows by segments, with temporary storage that is kept from call to call and grows when it has to;
// offsets are made on the device at the first call.
#include <cub/device/device_segmented_reduce.cuh>

#include "../../attacks/device_rowsum.cuh"

namespace {

__global__ void fill_offsets(int* offsets, int rows, int columns) {
  const int i = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x);
  if (i <= rows) offsets[i] = i * columns;
}

class Kernel {
 public:
  explicit Kernel(const aisp::Launch& launch) : offsets_(launch.output_tensor(0).elements + 1) {}
  ~Kernel() { cudaFree(storage_); }
  Kernel(const Kernel&) = delete;
  Kernel& operator=(const Kernel&) = delete;

  void run(const aisp::Launch& launch) {
    const corpus::Rows job(launch);
    const auto stream = corpus::stream_of(launch);
    if (!filled_)
      fill_offsets<<<corpus::blocks_of(job.rows + 1, 256), 256, 0, stream>>>(offsets_.get(),
                                                                             job.rows, job.columns);
    filled_ = true;
    std::size_t bytes = 0;
    sum(job, nullptr, bytes, stream);
    if (bytes > bytes_) {
      corpus::check(cudaFree(storage_));
      storage_ = nullptr;
      corpus::check(cudaMalloc(&storage_, bytes));
      bytes_ = bytes;
    }
    sum(job, storage_, bytes, stream);
  }

 private:
  void sum(const corpus::Rows& job, void* storage, std::size_t& bytes, cudaStream_t stream) const {
    corpus::check(cub::DeviceSegmentedReduce::Sum(storage, bytes, job.in, job.out, job.rows,
                                                  offsets_.get(), offsets_.get() + 1, stream));
  }

  corpus::DeviceArray<int> offsets_;
  void* storage_ = nullptr;
  std::size_t bytes_ = 0;
  bool filled_ = false;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "CUB with storage that is kept");
