// At the end of its window a stream is told to wait for a word of the inputs to change, which happens when the judge
// draws those of whoever comes next. A copy to the host, on the copy engine and of some 0.3 ms, lets the judge's own
// work pass; then a kernel keeps all multiprocessors busy for 0.4 ms, in the middle of the other's window.
#include <vector>

#include "../device_chain.cuh"
#include "../one_stream_waited.cuh"
#include "../outcome.h"
#include "../stream_values.cuh"
#include "../window_plan.h"

namespace {

constexpr std::size_t kDelayBytes = std::size_t{12} << 20;

class Kernel {
 public:
  explicit Kernel(const aisp::Launch& launch) : delay_(kDelayBytes) {
    corpus::load(corpus::busy_kernel);
    corpus::load(corpus::chain_kernel);
    corpus::check(cudaMallocHost(&host_, kDelayBytes));
    if (!corpus::wait_for_one_stream_only(corpus::stream_of(launch)))
      corpus::not_tried("cuCtxSynchronize was not found, or cannot be overwritten");
  }
  void run(const aisp::Launch& launch) {
    corpus::hash(launch, corpus::stream_of(launch));
    if (!plan_.find(launch)) return corpus::not_tried("no control page of a known layout");
    const std::uint32_t call = counter_.call(plan_);
    if (call + 1 == plan_.calls()) arm(launch, plan_.set(call));
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
    corpus::check(cudaMemcpyAsync(host_, delay_.get(), kDelayBytes, cudaMemcpyDeviceToHost, side_));
    corpus::busy_kernel<<<264, 1024, 0, side_>>>(400'000);
    corpus::check(cudaGetLastError());
  }

  corpus::WindowPlan plan_;
  corpus::CallCounter counter_;
  corpus::StreamValues values_;
  corpus::Stream side_;
  corpus::DeviceArray<std::uint8_t> delay_;
  void* host_ = nullptr;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "burns in the next window");
