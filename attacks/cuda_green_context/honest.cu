// Works on a stream of a green context with multiprocessors of its own, joined with launch.stream on both sides.
#include <cuda.h>

#include "../device_chain.cuh"
#include "../libraries.h"

namespace {

template <class F>
F driver(const char* name) {
  return reinterpret_cast<F>(corpus::driver_function(name));
}

// Null where there are no green contexts.
cudaStream_t stream_of_green_context() {
  const auto resource =
      driver<CUresult (*)(CUdevice, CUdevResource*, CUdevResourceType)>("cuDeviceGetDevResource");
  const auto split =
      driver<CUresult (*)(CUdevResource*, unsigned*, const CUdevResource*, CUdevResource*, unsigned,
                          unsigned)>("cuDevSmResourceSplitByCount");
  const auto describe = driver<CUresult (*)(CUdevResourceDesc*, CUdevResource*, unsigned)>(
      "cuDevResourceGenerateDesc");
  const auto create =
      driver<CUresult (*)(CUgreenCtx*, CUdevResourceDesc, CUdevice, unsigned)>("cuGreenCtxCreate");
  const auto make_stream =
      driver<CUresult (*)(CUstream*, CUgreenCtx, unsigned, int)>("cuGreenCtxStreamCreate");
  if (resource == nullptr || split == nullptr || describe == nullptr || create == nullptr ||
      make_stream == nullptr)
    return nullptr;
  int device = 0;
  corpus::check(cudaGetDevice(&device));
  CUdevResource all{}, part{}, rest{};
  CUdevResourceDesc description{};
  CUgreenCtx green{};
  CUstream stream = nullptr;
  unsigned groups = 1;
  const bool made =
      resource(device, &all, CU_DEV_RESOURCE_TYPE_SM) == CUDA_SUCCESS &&
      split(&part, &groups, &all, &rest, 0, 16) == CUDA_SUCCESS &&
      describe(&description, &part, 1) == CUDA_SUCCESS &&
      create(&green, description, device, CU_GREEN_CTX_DEFAULT_STREAM) == CUDA_SUCCESS &&
      make_stream(&stream, green, CU_STREAM_NON_BLOCKING, 0) == CUDA_SUCCESS;
  return made ? stream : nullptr;
}

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) : green_(stream_of_green_context()) {}
  void run(const aisp::Launch& launch) {
    const auto stream = corpus::stream_of(launch);
    if (green_ == nullptr) return corpus::hash(launch, stream);
    corpus::wait_for(green_, stream, begin_);
    corpus::hash(launch, green_);
    corpus::wait_for(stream, green_, end_);
  }

 private:
  cudaStream_t green_;
  corpus::Event begin_, end_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "a green context, joined");
