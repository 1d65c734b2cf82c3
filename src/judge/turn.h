// Counts who took how much of a match's time.
#pragma once

#include <cstdint>

#include "base/clock.h"

namespace aisp {

// Adds the time it lived to `sum`, in ns, when it goes.
class Turn {
 public:
  explicit Turn(std::int64_t& sum) : sum_(sum), began_(monotonic_ns()) {}
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
  ~Turn() { sum_ += monotonic_ns() - began_; }

 private:
  std::int64_t& sum_;
  std::int64_t began_;
};

}  // namespace aisp
