#include "base/parallel.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

namespace aisp {
namespace {

constexpr std::size_t kMostThreads = 16;

struct Loop {
  std::size_t count;
  std::size_t grain;
  const std::function<void(std::size_t, std::size_t)>& body;
  std::atomic<std::size_t> next{0};  // piece
  std::mutex error_mutex{};
  std::exception_ptr error{};

  std::size_t pieces() const { return (count + grain - 1) / grain; }

  void run_piece(std::size_t piece) const {
    const std::size_t begin = piece * grain;
    body(begin, std::min(count, begin + grain));
  }

  void run_pieces() {
    for (;;) {
      const std::size_t piece = next.fetch_add(1, std::memory_order_relaxed);
      if (piece >= pieces()) return;
      try {
        run_piece(piece);
      } catch (...) {  // carried to the caller of parallel_for, whatever it is
        next.store(pieces(), std::memory_order_relaxed);
        const std::lock_guard lock(error_mutex);
        if (!error) error = std::current_exception();
        return;
      }
    }
  }
};

thread_local bool inside_loop = false;

class Pool {
 public:
  explicit Pool(std::size_t threads) : pid_(getpid()) {
    // Signals belong to the threads that the judge made for them.
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    try {
      for (std::size_t i = 1; i < threads; ++i) threads_.emplace_back([this] { serve(); });
    } catch (const std::system_error&) {
      // A limit on threads: the loops run on those that there are, with the same results.
    }
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
  }

  std::size_t size() const { return getpid() == pid_ ? threads_.size() + 1 : 1; }

  // False when the pool cannot take the loop now.
  bool run(Loop& loop) {
    if (threads_.empty() || getpid() != pid_) return false;
    const std::unique_lock turn(turn_, std::try_to_lock);
    if (!turn.owns_lock()) return false;
    {
      const std::lock_guard lock(mutex_);
      loop_ = &loop;
      ++number_;
    }
    const std::size_t wanted = std::min(loop.pieces() - 1, threads_.size());
    for (std::size_t i = 0; i < wanted; ++i) wake_.notify_one();
    inside_loop = true;
    loop.run_pieces();
    inside_loop = false;
    std::unique_lock lock(mutex_);
    loop_ = nullptr;  // a thread that wakes only now finds nothing to do
    left_.wait(lock, [this] { return busy_ == 0; });
    return true;
  }

 private:
  void serve() {
    inside_loop = true;
    std::uint64_t last = 0;
    std::unique_lock lock(mutex_);
    for (;;) {
      wake_.wait(lock, [&] { return loop_ != nullptr && number_ != last; });
      Loop* const loop = loop_;
      last = number_;
      ++busy_;
      lock.unlock();
      loop->run_pieces();
      lock.lock();
      if (--busy_ == 0) left_.notify_one();
    }
  }

  const pid_t pid_;
  std::vector<std::thread> threads_;
  std::mutex turn_;   // held by the thread whose loop runs
  std::mutex mutex_;  // guards what follows
  std::condition_variable wake_;
  std::condition_variable left_;
  Loop* loop_ = nullptr;
  std::uint64_t number_ = 0;  // of the loop, so that a thread takes part once in each
  std::size_t busy_ = 0;
};

std::size_t processors() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof set, &set) != 0)
    return std::max(1u, std::thread::hardware_concurrency());  // more processors than cpu_set_t has
  return static_cast<std::size_t>(std::max(1, CPU_COUNT(&set)));
}

// Never destroyed: its threads wait for ever, and a child made by fork has none of them to join.
Pool& pool() {
  static Pool* const instance = new Pool(std::min(processors(), kMostThreads));
  return *instance;
}

}  // namespace

void parallel_for(std::size_t count, std::size_t grain,
                  const std::function<void(std::size_t, std::size_t)>& body) {
  Loop loop{count, std::max<std::size_t>(grain, 1), body};
  if (loop.pieces() > 1 && !inside_loop && pool().run(loop)) {
    if (loop.error) std::rethrow_exception(loop.error);
    return;
  }
  for (std::size_t piece = 0; piece < loop.pieces(); ++piece) loop.run_piece(piece);
}

void parallel_for(std::size_t count, const std::function<void(std::size_t, std::size_t)>& body) {
  // Four pieces a thread, so that one slow thread does not hold up the others for long.
  parallel_for(count, count / (4 * parallel_threads()) + 1, body);
}

std::size_t parallel_threads() { return pool().size(); }

}  // namespace aisp
