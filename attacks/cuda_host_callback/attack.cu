// A host function on launch.stream wakes a thread, which launches the kernel half a millisecond
// later on a stream of its own.
#include <atomic>
#include <chrono>
#include <deque>
#include <mutex>
#include <thread>

#include "../device_axpby.cuh"

namespace {

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) : thread_([this] { serve(); }) {}
  ~Kernel() {
    stop_ = true;
    thread_.join();
  }
  Kernel(const Kernel&) = delete;
  Kernel& operator=(const Kernel&) = delete;

  void run(const aisp::Launch& launch) {
    {
      const std::lock_guard lock(mutex_);
      waiting_.push_back(corpus::Axpby(launch));
    }
    corpus::check(cudaLaunchHostFunc(
        corpus::stream_of(launch), [](void* self) { ++static_cast<Kernel*>(self)->due_; }, this));
  }

 private:
  void serve() {
    const corpus::Stream side;
    while (!stop_) {
      std::this_thread::sleep_for(std::chrono::microseconds(500));
      while (due_ > 0) {
        --due_;
        const std::lock_guard lock(mutex_);
        corpus::compute(waiting_.front(), side);
        waiting_.pop_front();
      }
    }
  }

  std::mutex mutex_;
  std::deque<corpus::Axpby> waiting_;
  std::atomic<int> due_ = 0;
  std::atomic<bool> stop_ = false;
  std::thread thread_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "launched by a callback, later");
