// Everything that `aisp bench peak` measures of a CPU: arithmetic by type and instruction set, STREAM,
// each level of cache, latency. The best of several tries counts, and each try's result is checked.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "device/cpu/peaks.h"

namespace aisp {

struct ArithmeticPeak {
  std::string type, isa;
  double operations_per_second = 0;  // all CPUs together; 0 = computed nonsense
  // Per cycle and CPU, with the clock that was measured beside it.
  double per_cycle = 0;
};

struct StreamPeak {
  std::string kernel;           // "copy", "scale", "add", "triad"
  double bytes_per_second = 0;  // as STREAM counts: without what a store reads first
};

struct LevelPeak {
  std::string name;                  // "L1", "L2", "L3", "memory"
  std::size_t bytes = 0;             // of what is read, by one CPU
  double read_bytes_per_second = 0;  // all CPUs together
  double latency_ns = 0;             // of one load that waits for the one before, one CPU
};

struct MachinePeakReport {
  int cpus = 0;
  int cores = 0;           // that these CPUs are of; 0 = not told
  double clock_hertz = 0;  // of the fastest CPU while it added
  std::vector<ArithmeticPeak> arithmetic;
  std::vector<StreamPeak> stream;
  std::vector<LevelPeak> levels;
  std::vector<std::string> wrong;  // kernels whose result was not right
};

struct MachinePeakOptions {
  int tries = 7;
  std::size_t stream_bytes = 0;  // of one array, all CPUs together; 0 = 4 x the last-level cache
  std::function<void(const std::string&)> progress = [](const std::string&) {};
};

MachinePeakReport measure_machine_peaks(const MachinePeakOptions& options);

// What of it the physics floor uses: the best fp32 rate, and the best rate at which memory is read.
CpuPeaks floor_peaks(const MachinePeakReport& report);

}  // namespace aisp
