// A host thread of its own launches, and run() waits until it has.
#include <atomic>
#include <thread>

#include "../device_chain.cuh"

namespace {

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) : thread_([this] { serve(); }) {}
  ~Kernel() {
    asked_ = kEnd;
    asked_.notify_one();
    thread_.join();
  }
  Kernel(const Kernel&) = delete;
  Kernel& operator=(const Kernel&) = delete;

  void run(const aisp::Launch& launch) {
    launch_ = &launch;
    asked_ = kLaunch;
    asked_.notify_one();
    while (asked_ == kLaunch) std::this_thread::yield();
  }

 private:
  static constexpr int kNothing = 0, kLaunch = 1, kEnd = 2;

  void serve() {
    for (;;) {
      asked_.wait(kNothing);
      if (asked_ == kEnd) return;
      corpus::hash(*launch_, corpus::stream_of(*launch_));
      asked_ = kNothing;
    }
  }

  const aisp::Launch* launch_ = nullptr;
  std::atomic<int> asked_{kNothing};
  std::thread thread_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "a thread that launches when it is asked");
