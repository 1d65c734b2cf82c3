// An allocation for each step after all, but in stream order and from a pool that keeps what is freed
// (cudaMallocAsync): the code of the baseline, without its waiting. What is left is the host's time.
#include <aisp/implementation.h>
#include <kernels/cuda_check.cuh>

#include "smoothing.cuh"

namespace {

using aisp::kernels::check;

class Pool {
 public:
  explicit Pool(const aisp::Launch&) {
    int device = 0;
    check(cudaGetDevice(&device), "cudaGetDevice");
    cudaMemPoolProps properties{};
    properties.allocType = cudaMemAllocationTypePinned;
    properties.location.type = cudaMemLocationTypeDevice;
    properties.location.id = device;
    check(cudaMemPoolCreate(&pool_, &properties), "cudaMemPoolCreate");
    std::uint64_t keep = ~std::uint64_t{0};  // by default a pool gives its memory back when it can
    check(cudaMemPoolSetAttribute(pool_, cudaMemPoolAttrReleaseThreshold, &keep),
          "cudaMemPoolSetAttribute");
  }
  ~Pool() {
    if (pool_ != nullptr) cudaMemPoolDestroy(pool_);
  }

  void run(const aisp::Launch& launch) {
    const auto stream = launch.stream<cudaStream_t>();
    const auto n = static_cast<std::int64_t>(launch.output_tensor(0).elements);
    const auto steps = static_cast<std::int64_t>(launch.input_tensor(1).elements);
    const float* w = launch.input<float>(1);
    const float* now = launch.input<float>(0);
    void* held = nullptr;
    for (std::int64_t s = 0; s < steps; ++s) {
      void* next = nullptr;
      if (s < steps - 1)
        check(cudaMallocFromPoolAsync(&next, static_cast<std::size_t>(n) * sizeof(float), pool_,
                                      stream),
              "cudaMallocFromPoolAsync");
      float* const out = next != nullptr ? static_cast<float*>(next) : launch.output<float>(0);
      aisp::ch03::enqueue_smoothing(stream, n, w + s, now, out);
      if (held != nullptr) check(cudaFreeAsync(held, stream), "cudaFreeAsync");
      held = next;
      now = out;
    }
  }

 private:
  cudaMemPool_t pool_ = nullptr;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Pool, "stream-ordered allocations from a pool");
