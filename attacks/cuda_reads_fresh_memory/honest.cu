// Takes scratch memory for one call and clears it.
#include "../device_axpby.cuh"

namespace {

void run(const aisp::Launch& launch) {
  const corpus::Axpby job(launch);
  const auto stream = corpus::stream_of(launch);
  void* scratch = nullptr;
  constexpr std::size_t kBytes = 1 << 20;
  corpus::check(cudaMallocAsync(&scratch, kBytes, stream));
  corpus::check(cudaMemsetAsync(scratch, 0, kBytes, stream));
  corpus::compute(job, stream);
  corpus::check(cudaFreeAsync(scratch, stream));
}

}  // namespace

AISP_IMPLEMENTATION(run, "clears its scratch");
