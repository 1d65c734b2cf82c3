#include "device/cuda/gpu_sampler.h"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>

namespace aisp::cuda {
namespace {

GpuRange range_of(std::vector<double> values) {
  if (values.empty()) return {};
  std::sort(values.begin(), values.end());
  const std::size_t n = values.size();
  return {values.front(), (values[(n - 1) / 2] + values[n / 2]) / 2, values.back()};
}

}  // namespace

GpuSummary summarize(std::span<const GpuSample> samples) {
  GpuSummary summary;
  summary.samples = static_cast<int>(samples.size());
  const auto range = [&](auto field, double scale) {
    std::vector<double> values;
    for (const GpuSample& sample : samples)
      if (sample.*field >= 0) values.push_back(static_cast<double>(sample.*field) * scale);
    return range_of(std::move(values));
  };
  summary.sm_mhz = range(&GpuSample::sm_mhz, 1);
  summary.memory_mhz = range(&GpuSample::memory_mhz, 1);
  summary.power_w = range(&GpuSample::power_mw, 1e-3);
  summary.temperature_c = range(&GpuSample::temperature_c, 1);
  summary.utilization_percent = range(&GpuSample::utilization_percent, 1);

  std::int64_t first_energy = -1;
  bool in_one = false;
  for (const GpuSample& sample : samples) {
    if (sample.energy_mj >= 0) {
      if (first_energy < 0) first_energy = sample.energy_mj;
      summary.energy_j = static_cast<double>(sample.energy_mj - first_energy) * 1e-3;
    }
    const std::uint64_t reasons = sample.clock_reasons & kThrottled;
    if (reasons != 0) {
      if (!in_one) summary.throttled.push_back({sample.at_ns, sample.at_ns, 0});
      summary.throttled.back().end_ns = sample.at_ns;
      summary.throttled.back().reasons |= reasons;
      ++summary.throttled_samples;
    }
    in_one = reasons != 0;
  }
  return summary;
}

bool throttled_within(const GpuSummary& summary, std::int64_t begin_ns, std::int64_t end_ns,
                      std::int64_t period_ns) {
  return std::any_of(summary.throttled.begin(), summary.throttled.end(),
                     [&](const ThrottledMoment& m) {
                       return m.begin_ns - period_ns <= end_ns && m.end_ns + period_ns >= begin_ns;
                     });
}

GpuSampler::GpuSampler(const Nvml& nvml) : GpuSampler(nvml, Options{}) {}

GpuSampler::GpuSampler(const Nvml& nvml, Options options) : nvml_(nvml), options_(options) {
  ours_.push_back(getpid());
  // Signals are for the judge's own threads.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  thread_ = std::thread([this] { watch(); });
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

GpuSampler::~GpuSampler() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

void GpuSampler::add_ours(pid_t pid) {
  const std::lock_guard lock(mutex_);
  ours_.push_back(pid);
}

void GpuSampler::watch() {
  const auto period = std::chrono::milliseconds(options_.period_ms);
  auto next = std::chrono::steady_clock::now();
  for (int n = 0;; ++n) {
    // NVML is asked without the lock: a call can take milliseconds.
    std::unique_lock asking(asking_);
    const GpuSample sample = nvml_.sample();
    if (n % options_.samples_per_process_list == 0) list_processes();
    asking.unlock();
    std::unique_lock lock(mutex_);
    if (samples_.size() < options_.most_samples) samples_.push_back(sample);
    // Late samples are not made up for.
    next = std::max(next + period, std::chrono::steady_clock::now());
    if (wake_.wait_until(lock, next, [this] { return stop_; })) return;
  }
}

void GpuSampler::list_processes() {
  auto processes = nvml_.processes();
  if (!processes) return;  // look_at_sharing() says why
  const std::lock_guard lock(mutex_);
  for (const GpuProcess& process : *processes)
    if (std::find(seen_.begin(), seen_.end(), process.pid) == seen_.end())
      seen_.push_back(process.pid);
}

GpuSummary GpuSampler::summary() const {
  const std::lock_guard lock(mutex_);
  GpuSummary summary = summarize(samples_);
  // Compared only now: a worker is on the GPU before the judge can say that it is ours.
  for (const pid_t pid : seen_)
    if (std::find(ours_.begin(), ours_.end(), pid) == ours_.end()) summary.others.push_back(pid);
  return summary;
}

std::vector<GpuSample> GpuSampler::samples() const {
  const std::lock_guard lock(mutex_);
  return samples_;
}

}  // namespace aisp::cuda
