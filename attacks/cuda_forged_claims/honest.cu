// A host thread that sleeps and counts, as a logger would.
#include <atomic>
#include <chrono>
#include <thread>

#include "../device_axpby.cuh"

namespace {

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) : thread_([this] { count(); }) {}
  ~Kernel() {
    stop_ = true;
    thread_.join();
  }
  Kernel(const Kernel&) = delete;
  Kernel& operator=(const Kernel&) = delete;
  void run(const aisp::Launch& launch) {
    corpus::compute(corpus::Axpby(launch), corpus::stream_of(launch));
  }

 private:
  void count() {
    while (!stop_) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
      ++times_;
    }
  }

  std::atomic<bool> stop_ = false;
  std::atomic<int> times_ = 0;
  std::thread thread_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "a thread that counts");
