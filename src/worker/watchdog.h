// Kills a worker that passed its deadline. One thread for the whole judge, asleep but for a look
// every 100 ms, so that the timed path pays one atomic store.
#pragma once

#include <sys/types.h>

#include <cstdint>

namespace aisp {

class Deadline {
 public:
  Deadline(pid_t pid, double timeout_s);  // starts the watchdog thread if it does not run yet
  Deadline(const Deadline&) = delete;
  Deadline& operator=(const Deadline&) = delete;
  ~Deadline();
  bool expired() const;  // the worker was killed for it

 private:
  std::int64_t at_ns_;
};

}  // namespace aisp
