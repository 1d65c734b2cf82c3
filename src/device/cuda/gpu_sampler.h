// Watches a GPU through a run: a thread of the judge's reads NVML every 100 ms, but never while a
// window is timed. With readings every 20 ms at any time, honest kernels of 7 of 8 targets were accused
// of keeping an H200 busy after their windows (`device_quiet`), and none where nobody read NVML.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "device/cuda/nvml.h"

namespace aisp::cuda {

// Smallest, middle and largest of what was read; all negative when nothing was.
struct GpuRange {
  double min = -1;
  double median = -1;
  double max = -1;
};

// A stretch of samples with throttled clocks, from the first to the last of them.
struct ThrottledMoment {
  std::int64_t begin_ns = 0;  // CLOCK_MONOTONIC
  std::int64_t end_ns = 0;
  std::uint64_t reasons = 0;  // ClockReason, all that were seen in it
};

struct GpuSummary {
  int samples = 0;
  GpuRange sm_mhz;
  GpuRange memory_mhz;
  GpuRange power_w;
  GpuRange temperature_c;
  GpuRange utilization_percent;
  double energy_j = -1;  // from the first sample to the last
  int throttled_samples = 0;
  std::vector<ThrottledMoment> throttled;
  std::vector<pid_t> others;  // processes seen on the GPU that were not among `ours`
};

// Samples in the order of time. `others` is left empty.
GpuSummary summarize(std::span<const GpuSample> samples);

// Whether clocks were throttled at some time within [begin_ns, end_ns], up to one sampling period off.
bool throttled_within(const GpuSummary& summary, std::int64_t begin_ns, std::int64_t end_ns,
                      std::int64_t period_ns);

class GpuSampler {
 public:
  struct Options {
    int period_ms = 100;
    int samples_per_process_list = 10;  // listing processes takes longer than a sample
    std::size_t most_samples =
        1 << 20;  // 29 hours at 100 ms; later ones replace nothing and are lost
  };

  // `nvml` must live longer. Samples at once, then every period.
  explicit GpuSampler(const Nvml& nvml);
  GpuSampler(const Nvml& nvml, Options options);
  ~GpuSampler();
  GpuSampler(const GpuSampler&) = delete;
  GpuSampler& operator=(const GpuSampler&) = delete;

  // Processes that belong to the run: the judge (from the start) and its workers.
  void add_ours(pid_t pid);
  // No call of NVML's while it is held.
  std::unique_lock<std::mutex> hold() { return std::unique_lock(asking_); }
  // So far.
  GpuSummary summary() const;
  std::vector<GpuSample> samples() const;

 private:
  void watch();
  void list_processes();

  const Nvml& nvml_;
  Options options_;
  std::mutex asking_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  bool stop_ = false;
  std::vector<GpuSample> samples_;
  std::vector<pid_t> ours_;
  std::vector<pid_t> seen_;
  std::thread thread_;
};

}  // namespace aisp::cuda
