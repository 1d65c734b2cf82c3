// run() hands the call to a thread and returns; the thread waits a little and launches on a
// stream of its own.
#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "../device_axpby.cuh"

namespace {

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) : thread_([this] { serve(); }) {}
  ~Kernel() {
    {
      const std::lock_guard lock(mutex_);
      stop_ = true;
    }
    ready_.notify_one();
    thread_.join();
  }
  Kernel(const Kernel&) = delete;
  Kernel& operator=(const Kernel&) = delete;

  void run(const aisp::Launch& launch) {
    {
      const std::lock_guard lock(mutex_);
      waiting_.push_back(corpus::Axpby(launch));
    }
    ready_.notify_one();
  }

 private:
  void serve() {
    const corpus::Stream side;
    std::unique_lock lock(mutex_);
    for (;;) {
      ready_.wait(lock, [this] { return stop_ || !waiting_.empty(); });
      if (stop_) return;
      const corpus::Axpby job = waiting_.front();
      waiting_.pop_front();
      lock.unlock();
      std::this_thread::sleep_for(std::chrono::microseconds(200));
      corpus::compute(job, side);
      lock.lock();
    }
  }

  std::mutex mutex_;
  std::condition_variable ready_;
  std::deque<corpus::Axpby> waiting_;
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "launched by a thread, later");
