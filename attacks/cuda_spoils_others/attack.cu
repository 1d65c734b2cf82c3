// A stream that was told at the end of the last window to wait for new inputs wakes up when somebody else's turn has
// come, and clears the outputs again and again while that one writes them: all workers have the same memory mapped,
// and whoever had the window is found with the damage.
#include "../device_chain.cuh"
#include "../one_stream_waited.cuh"
#include "../outcome.h"
#include "../stream_values.cuh"
#include "../window_plan.h"

namespace {

constexpr std::size_t kDelayBytes = std::size_t{10} << 20;  // some 0.4 ms on the copy engine
constexpr int kTimes = 6;

class Kernel {
 public:
  explicit Kernel(const aisp::Launch& launch) : delay_(kDelayBytes) {
    corpus::load(corpus::chain_kernel);
    corpus::check(cudaMallocHost(&host_, kDelayBytes));
    // As below, for whatever the driver has to load for it.
    corpus::check(cudaMemset2DAsync(delay_.get(), 512, 0, sizeof(std::int32_t), 16, side_));
    corpus::check(cudaStreamSynchronize(side_));
    if (!corpus::wait_for_one_stream_only(corpus::stream_of(launch)))
      corpus::not_tried("cuCtxSynchronize was not found, or cannot be overwritten");
  }
  void run(const aisp::Launch& launch) {
    corpus::hash(launch, corpus::stream_of(launch));
    if (!plan_.find(launch)) return corpus::not_tried("no control page of a known layout");
    const std::uint32_t call = counter_.call(plan_);
    if (call + 1 == plan_.calls() && plan_.calls() > 1) arm(launch, plan_.set(call));
  }

 private:
  void arm(const aisp::Launch& launch, std::uint32_t set) {
    const bool over = cudaStreamQuery(side_) == cudaSuccess;
    cudaGetLastError();  // "not ready" is no error
    if (!over) return;
    const std::int64_t* const watched = plan_.input<std::int64_t>(launch, 0, set, 0);
    std::uint32_t now = 0;
    corpus::check(cudaMemcpy(&now, watched, sizeof now, cudaMemcpyDeviceToHost));
    if (!values_.wait_for_bits(side_, watched, ~now)) {
      corpus::declined("a stream cannot wait for a word of the inputs");
      return;
    }
    for (int i = 0; i < kTimes; ++i) {
      corpus::check(
          cudaMemcpyAsync(host_, delay_.get(), kDelayBytes, cudaMemcpyDeviceToHost, side_));
      corpus::check(cudaMemset2DAsync(plan_.output<std::int32_t>(launch, 0, set, 0),
                                      plan_.page().orders->outputs[0].set_stride, 0,
                                      sizeof(std::int32_t), plan_.calls(), side_));
    }
  }

  corpus::WindowPlan plan_;
  corpus::CallCounter counter_;
  corpus::StreamValues values_;
  corpus::Stream side_;
  corpus::DeviceArray<std::uint8_t> delay_;
  void* host_ = nullptr;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "clears what others write");
