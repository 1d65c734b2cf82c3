// Scratch memory from a pool of its own, which keeps what it has and is trimmed at every hundredth call.
#include <cstdint>

#include "../../attacks/device_axpby.cuh"

namespace {

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {
    cudaMemPoolProps props{};
    props.allocType = cudaMemAllocationTypePinned;
    props.location.type = cudaMemLocationTypeDevice;
    corpus::check(cudaGetDevice(&props.location.id));
    corpus::check(cudaMemPoolCreate(&pool_, &props));
    std::uint64_t keep = UINT64_MAX;
    corpus::check(cudaMemPoolSetAttribute(pool_, cudaMemPoolAttrReleaseThreshold, &keep));
  }
  ~Kernel() { cudaMemPoolDestroy(pool_); }
  Kernel(const Kernel&) = delete;
  Kernel& operator=(const Kernel&) = delete;

  void run(const aisp::Launch& launch) {
    const corpus::Axpby job(launch);
    const auto stream = corpus::stream_of(launch);
    const auto bytes = static_cast<std::size_t>(job.n) * sizeof(float);
    void* scratch = nullptr;
    corpus::check(cudaMallocFromPoolAsync(&scratch, bytes, pool_, stream));
    corpus::compute(job, stream, static_cast<float*>(scratch), 0, job.n);
    corpus::check(cudaMemcpyAsync(job.out, scratch, bytes, cudaMemcpyDeviceToDevice, stream));
    corpus::check(cudaFreeAsync(scratch, stream));
    if (++calls_ % 100 == 0) corpus::check(cudaMemPoolTrimTo(pool_, 0));
  }

 private:
  cudaMemPool_t pool_ = nullptr;
  int calls_ = 0;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "a pool that is trimmed");
