// Two calls of a window overlap on two streams, and the host spins in every call for half of what a call takes,
// whether it is waited for or not: so a queue seems to hide host time, and as much of it is spent in both kinds of
// windows. Records of queued windows say half; those of calls that are waited for say the truth.
#include <chrono>

#include "../device_chain.cuh"
#include "../forged_records.h"
#include "../outcome.h"
#include "../window_plan.h"

namespace {

constexpr std::uint32_t kWaitedFor = 1u << 2;

const corpus::Orders* the_orders = nullptr;

std::uint64_t half_where_queued(std::uint64_t ns) {
  if (the_orders == nullptr || (the_orders->flags & kWaitedFor) != 0) return ns;
  return ns - ns * 48 / 100;
}

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {
    if (!corpus::shorten_records(half_where_queued))
      corpus::not_tried("there is no pointer to cuptiActivityGetNextRecord");
  }
  void run(const aisp::Launch& launch) {
    if (!plan_.find(launch)) {
      corpus::not_tried("no control page of a known layout");
      return corpus::hash(launch, corpus::stream_of(launch));
    }
    the_orders = plan_.page().orders;
    if (calls_ == 1) measure(launch);
    corpus::hash(launch, streams_[calls_++ % 2]);
    const auto begin = std::chrono::steady_clock::now();
    while (std::chrono::steady_clock::now() - begin < 0.5 * call_) {
    }
  }

 private:
  // In its second call: how long a hash takes on this GPU.
  void measure(const aisp::Launch& launch) {
    const auto begin = std::chrono::steady_clock::now();
    corpus::hash(launch, streams_[0]);
    corpus::check(cudaStreamSynchronize(streams_[0]));
    call_ = std::chrono::steady_clock::now() - begin;
  }

  corpus::WindowPlan plan_;
  corpus::Stream streams_[2];
  std::chrono::duration<double> call_{};
  unsigned calls_ = 0;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "overlapped, busy throughout");
