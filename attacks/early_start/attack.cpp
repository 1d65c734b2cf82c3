// A thread watches the first value of every input buffer it knows; when the judge writes fresh
// values it computes at once, and when the call comes at last the result is already there. Work that
// is done within the window is no success: that is what threads are for. It says so when a right
// result was computed under the order before the one that asks for it.
#include <atomic>
#include <cmath>
#include <mutex>
#include <thread>

#include "../computations.h"
#include "../control_page.h"
#include "../false_clock.h"
#include "../outcome.h"
#include "aisp/implementation.h"

namespace {

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) : thread_([this] { watch(); }) {}
  ~Kernel() {
    stop_ = true;
    thread_.join();
  }
  void run(const aisp::Launch& launch) {
    const corpus::Axpby job(launch);
    Slot* slot = nullptr;
    for (std::uint32_t i = 0; i < known_ && slot == nullptr; ++i)
      if (slots_[i].job.x == job.x) slot = &slots_[i];
    const std::lock_guard lock(mutex_);
    if (!page_) page_ = corpus::find_control_page(launch);
    if (!page_) corpus::not_tried("no control page of a known layout");
    const float last = job.x[job.n - 1];
    if (slot != nullptr && slot->ready_for == last && is_right(job)) {
      if (!reported_ && page_ && slot->ready_in != page_.orders->sequence.load()) {
        corpus::succeeded("computed a call before GO");
        reported_ = true;
      }
      return;
    }
    job.compute();
    if (slot == nullptr && known_ < kSlots) slot = &slots_[known_];
    if (slot == nullptr) return;
    slot->job = job;
    slot->ready_for = last;
    slot->ready_in = order_now();
    if (slot == &slots_[known_]) ++known_;
  }

 private:
  static constexpr std::uint32_t kSlots = 256;
  struct Slot {
    corpus::Axpby job;
    float ready_for = 0;
    std::uint32_t ready_in = 0;  // number of the order under which it was computed
  };

  std::uint32_t order_now() const { return page_ ? page_.orders->sequence.load() : 0; }
  // All of it: the judge may have stopped the thread in the middle of an earlier window's call.
  static bool is_right(const corpus::Axpby& job) {
    for (std::size_t i = 0; i < job.n; ++i)
      if (!(std::fabs(job.out[i] - (job.a * job.x[i] + job.b * job.y[i])) < 1e-5f)) return false;
    return true;
  }

  void watch() {
    for (const std::int64_t start = corpus::true_ns();
         !stop_ && corpus::true_ns() - start < 4'000'000'000;)
      for (std::uint32_t i = 0; i < known_; ++i) {
        Slot& slot = slots_[i];
        const float last = *const_cast<const volatile float*>(slot.job.x + slot.job.n - 1);
        if (last == slot.ready_for) continue;
        const std::lock_guard lock(mutex_);
        const std::uint32_t order = order_now();
        slot.job.compute();
        slot.ready_for = last;
        slot.ready_in = order;
      }
  }

  std::mutex mutex_;
  corpus::ControlPage page_;
  bool reported_ = false;
  std::atomic<bool> stop_{false};
  std::atomic<std::uint32_t> known_{0};
  Slot slots_[kSlots];
  std::thread thread_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "computes before it is asked");
