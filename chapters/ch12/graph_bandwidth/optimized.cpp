// One parallel region and a list that was made in setup: for each step, which pairs each thread
// rotates and whether it must first wait for the others. Pairs are shared out in such a way that a
// thread's share of most steps touches its own elements only; the list knows where this is so, and has
// a barrier only where elements change hands.
#include <aisp/aisp.h>
#include <immintrin.h>
#include <omp.h>
#include <sched.h>

#include <algorithm>
#include <atomic>
#include <vector>

#include "rotation.h"

namespace {

// Waits a microsecond or so by spinning, like the runtime's own barrier, and lets others run when it
// takes longer.
class Barrier {
 public:
  explicit Barrier(int threads) : threads_(threads) {}
  void wait() {
    const unsigned phase = phase_.load(std::memory_order_relaxed);
    if (arrived_.fetch_add(1, std::memory_order_acq_rel) + 1 == threads_) {
      arrived_.store(0, std::memory_order_relaxed);
      phase_.store(phase + 1, std::memory_order_release);
      return;
    }
    for (int spins = 0; phase_.load(std::memory_order_acquire) == phase; ++spins) {
      _mm_pause();
      if (spins % 1024 == 1023) sched_yield();
    }
  }

 private:
  const int threads_;
  alignas(64) std::atomic<int> arrived_ = 0;
  alignas(64) std::atomic<unsigned> phase_ = 0;
};

struct Task {
  int log_m;
  bool wait;  // for all threads to have done what comes before
};

class Optimized {
 public:
  explicit Optimized(const aisp::Launch& launch)
      : pairs_(static_cast<std::int64_t>(launch.output_tensor(0).elements) / 2),
        threads_(static_cast<int>(
            std::min<std::int64_t>(omp_get_max_threads(), pairs_ / aisp::ch12::kPairs))),
        barrier_(threads_) {
    // Shares are whole units of 2^k pairs. Steps m <= 2^k stay inside of a share; with four units a
    // thread, or one if that divides evenly, no thread has much more than another.
    std::int64_t units = 1;
    while (units < threads_) units *= 2;
    if (units != threads_) units = std::min(4 * units, pairs_ / aisp::ch12::kPairs);
    const std::int64_t unit = pairs_ / units;
    for (int t = 0; t <= threads_; ++t) bounds_.push_back(units * t / threads_ * unit);

    const auto steps = static_cast<std::int64_t>(launch.input_tensor(1).elements);
    const int log_n = aisp::ch12::log2_of(2 * pairs_);
    const auto local = [&](std::int64_t s) { return std::int64_t{1} << (s % log_n) <= unit; };
    for (std::int64_t s = 0; s < steps; ++s)
      tasks_.push_back({static_cast<int>(s % log_n), s > 0 && !(local(s) && local(s - 1))});
  }

  void run(const aisp::Launch& launch) {
    const float* x = launch.input<float>(0);
    const float* tangents = launch.input<float>(1);
    float* y = launch.output<float>(0);
    bool alone = false;
#pragma omp parallel num_threads(threads_)
    {
      if (omp_get_num_threads() == threads_)
        work(omp_get_thread_num(), x, tangents, y);
      else
#pragma omp single
        alone = true;
    }
    if (alone) work_alone(x, tangents, y);
  }

 private:
  void work(int thread, const float* x, const float* tangents, float* y) {
    const std::int64_t begin = bounds_[static_cast<std::size_t>(thread)];
    const std::int64_t end = bounds_[static_cast<std::size_t>(thread) + 1];
    const float* in = x;
    for (const Task& task : tasks_) {
      if (task.wait) barrier_.wait();
      rotate_(task.log_m, begin, end, aisp::ch12::Rotation(*tangents++), in, y);
      in = y;
    }
  }
  // Where OpenMP gives fewer threads than it said in setup.
  void work_alone(const float* x, const float* tangents, float* y) {
    const float* in = x;
    for (const Task& task : tasks_) {
      rotate_(task.log_m, 0, pairs_, aisp::ch12::Rotation(*tangents++), in, y);
      in = y;
    }
  }

  const aisp::ch12::Rotate rotate_ = aisp::ch12::rotate();
  std::int64_t pairs_;
  int threads_;
  Barrier barrier_;
  std::vector<std::int64_t> bounds_;  // of the threads' shares, in pairs
  std::vector<Task> tasks_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Optimized, "one region, a prepared list, barriers where they are needed");
