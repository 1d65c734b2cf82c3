#include "worker/watchdog.h"

#include <signal.h>

#include <chrono>
#include <mutex>
#include <thread>

#include "base/clock.h"

namespace aisp {
namespace {

// One deadline at a time: the judge runs one worker at a time.
struct Watch {
  std::mutex mutex;
  pid_t pid = 0;
  std::int64_t at_ns = 0;
  bool fired = false;
};

Watch& watch() {
  static Watch* const instance = [] {
    auto* w = new Watch;  // outlives every thread that may still look at it at exit
    std::thread([w] {
      for (;;) {
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
        const std::lock_guard lock(w->mutex);
        if (w->pid == 0 || w->fired || monotonic_ns() < w->at_ns) continue;
        kill(w->pid, SIGKILL);  // a child not yet reaped: its id cannot have been taken by another
        w->fired = true;
      }
    }).detach();
    return w;
  }();
  return *instance;
}

}  // namespace

Deadline::Deadline(pid_t pid, double timeout_s)
    : at_ns_(monotonic_ns() + static_cast<std::int64_t>(timeout_s * 1e9)) {
  Watch& w = watch();
  const std::lock_guard lock(w.mutex);
  w.pid = pid;
  w.at_ns = at_ns_;
  w.fired = false;
}

Deadline::~Deadline() {
  Watch& w = watch();
  const std::lock_guard lock(w.mutex);
  w.pid = 0;
}

bool Deadline::expired() const {
  Watch& w = watch();
  const std::lock_guard lock(w.mutex);
  return w.fired;
}

}  // namespace aisp
