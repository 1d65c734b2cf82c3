// A group of ranks: threads that are started when it is made, wait for jobs, and end with it. Where there
// are fewer processors than ranks, a thread is several of them.
#pragma once

#include <algorithm>
#include <barrier>
#include <cstring>
#include <functional>
#include <thread>
#include <utility>
#include <vector>

#include "../accumulate.h"

namespace aisp::ch04 {

class Communicator {
 public:
  explicit Communicator(int ranks) : Communicator(ranks, std::min(ranks, processors())) {}
  Communicator(const Communicator&) = delete;
  Communicator& operator=(const Communicator&) = delete;
  ~Communicator() {
    job_ = nullptr;
    arrive_.arrive_and_wait();
    for (std::thread& thread : threads_) thread.join();
  }

  // Runs job(rank) on each rank and waits for all of them. `job` must not throw.
  void run(std::function<void(int)> job) {
    job_ = std::move(job);
    arrive_.arrive_and_wait();
    leave_.arrive_and_wait();
  }

 private:
  Communicator(int ranks, int threads) : arrive_(threads + 1), leave_(threads + 1) {
    for (int first = 0; first < threads; ++first)
      threads_.emplace_back([=, this] { serve(first, threads, ranks); });
  }
  static int processors() {
    return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  }
  // Ranks first, first + step, ...
  void serve(int first, int step, int ranks) {
    for (;;) {
      arrive_.arrive_and_wait();
      if (!job_) return;
      for (int rank = first; rank < ranks; rank += step) job_(rank);
      leave_.arrive_and_wait();
    }
  }

  std::function<void(int)> job_;
  std::barrier<> arrive_;
  std::barrier<> leave_;
  std::vector<std::thread> threads_;
};

// One step: x[ranks, n] -> y[ranks, n], the part of one rank.
template <class Accumulate>
void sum_step(Accumulate add, int rank, std::int64_t n, const float* x, float* y) {
  const std::int64_t begin = n * rank / kRanks, count = n * (rank + 1) / kRanks - begin;
  add(count, n, x + begin, y + rank * n + begin);
  for (int other = 0; other < kRanks; ++other)
    if (other != rank)
      std::memcpy(y + other * n + begin, y + rank * n + begin,
                  static_cast<std::size_t>(count) * sizeof(float));
}

}  // namespace aisp::ch04
