// A clock that runs slow: what `clock_gettime` is replaced with.
#pragma once

#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>

namespace corpus {

// Asks the kernel, so that no patched function is in the way.
inline std::int64_t true_ns(clockid_t clock = CLOCK_MONOTONIC) {
  timespec now;
  syscall(SYS_clock_gettime, clock, &now);
  return now.tv_sec * 1'000'000'000LL + now.tv_nsec;
}

// Nanoseconds that false_clock_gettime has kept back so far.
inline std::atomic<std::int64_t> kept_back_ns{0};

inline int false_clock_gettime(clockid_t clock, timespec* result) {
  const std::int64_t ns = true_ns(clock) - kept_back_ns.load();
  result->tv_sec = ns / 1'000'000'000;
  result->tv_nsec = ns % 1'000'000'000;
  return 0;
}

// Keeps back `share` of what passes between construction and destruction.
class KeepBack {
 public:
  explicit KeepBack(double share) : share_(share), start_(true_ns()) {}
  KeepBack(const KeepBack&) = delete;
  KeepBack& operator=(const KeepBack&) = delete;
  ~KeepBack() {
    kept_back_ns += static_cast<std::int64_t>(share_ * static_cast<double>(true_ns() - start_));
  }

 private:
  double share_;
  std::int64_t start_;
};

}  // namespace corpus
