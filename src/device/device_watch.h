// What a device says about itself while it is used: clocks, power, temperature, who else is on it. A CPU
// has none of this; of a GPU it comes from NVML.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace aisp {

// Everything that was read so far. Negative = the device does not tell.
struct DeviceState {
  struct Range {
    double min = -1;
    double median = -1;
    double max = -1;
  };
  int samples = 0;
  Range core_mhz, memory_mhz, power_w, temperature_c, utilization_percent;
  double energy_j = -1;        // from the first sample to the last
  int slowed_samples = 0;      // taken while clocks were held down
  std::string slowed_by;       // "power cap, thermal slowdown"
  std::vector<int> others;     // processes that were seen on it and are none of ours
  std::string others_unknown;  // why that cannot be told; empty = it can
};

// Who shares it, and how it is set up, before anything is judged.
struct DeviceSharing {
  std::string mps;  // how MPS was seen; empty = there is none
  std::vector<int> others;
  std::string others_unknown;
  bool divided = false;    // into instances (MIG)
  bool exclusive = false;  // one process only, so that no worker can start
};

// One look at it. Negative = it does not tell.
struct DeviceReading {
  std::int64_t at_ns = 0;  // CLOCK_MONOTONIC
  double core_mhz = -1;
  double power_w = -1;
  double temperature_c = -1;
  bool slowed = false;  // clocks were held down
};

class DeviceWatch {
 public:
  virtual ~DeviceWatch() = default;
  // A process of the run; the judge is one from the start.
  virtual void add_ours(int pid) = 0;
  virtual DeviceState state() const = 0;
  // What was read within [begin_ns, end_ns] of CLOCK_MONOTONIC, in the order of time; where that is more than `most`,
  // evenly thinned out.
  virtual std::vector<DeviceReading> readings(std::int64_t begin_ns, std::int64_t end_ns,
                                              std::size_t most) const = 0;
  // Waits until nobody asks the device, and keeps it so until the lock goes: for what is timed.
  virtual std::unique_lock<std::mutex> hold() = 0;
  virtual DeviceSharing sharing() const = 0;
  // Whether clocks were held down at some time within [begin_ns, end_ns] of CLOCK_MONOTONIC, up to one
  // sampling period off. Unset: no sample is near enough to tell.
  virtual std::optional<bool> slowed_within(std::int64_t begin_ns, std::int64_t end_ns) const = 0;
};

// Every n-th of `all`, so that at most `most` are left.
inline std::vector<DeviceReading> thinned_out(std::vector<DeviceReading> all, std::size_t most) {
  const std::size_t step = most == 0 ? all.size() + 1 : (all.size() + most - 1) / most;
  if (step <= 1) return all;
  std::vector<DeviceReading> kept;
  for (std::size_t i = 0; i < all.size(); i += step) kept.push_back(all[i]);
  return kept;
}

}  // namespace aisp
