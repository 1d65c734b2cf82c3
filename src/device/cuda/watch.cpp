#include "device/cuda/watch.h"

#include <unistd.h>

#include <algorithm>
#include <mutex>

namespace aisp::cuda {
namespace {

DeviceState::Range range_of(const GpuRange& range) { return {range.min, range.median, range.max}; }

// The judge has a context, so a list without it counts processes in another namespace (a container's
// host), or leaves some out: nothing can be told from it.
constexpr const char* kOtherNumbers =
    "NVML does not list this process, so its list is of another PID namespace";

class Watch final : public DeviceWatch {
 public:
  Watch(std::unique_ptr<Nvml> nvml, GpuSampler::Options options)
      : nvml_(std::move(nvml)),
        period_ns_(options.period_ms * 1'000'000ll),
        sampler_(*nvml_, options) {}

  void add_ours(int pid) override {
    sampler_.add_ours(pid);
    const std::lock_guard lock(mutex_);
    ours_.push_back(pid);
  }

  std::unique_lock<std::mutex> hold() override { return sampler_.hold(); }

  DeviceState state() const override {
    const GpuSummary s = sampler_.summary();
    DeviceState state;
    state.samples = s.samples;
    state.core_mhz = range_of(s.sm_mhz);
    state.memory_mhz = range_of(s.memory_mhz);
    state.power_w = range_of(s.power_w);
    state.temperature_c = range_of(s.temperature_c);
    state.utilization_percent = range_of(s.utilization_percent);
    state.energy_j = s.energy_j;
    state.slowed_samples = s.throttled_samples;
    std::uint64_t reasons = 0;
    for (const ThrottledMoment& moment : s.throttled) reasons |= moment.reasons;
    state.slowed_by = clock_reasons_text(reasons & kThrottled);
    const auto now = nvml_->processes();
    state.others_unknown = unknown_others(now);
    if (state.others_unknown.empty()) state.others.assign(s.others.begin(), s.others.end());
    return state;
  }

  std::vector<DeviceReading> readings(std::int64_t begin_ns, std::int64_t end_ns,
                                      std::size_t most) const override {
    std::vector<DeviceReading> all;
    for (const GpuSample& s : sampler_.samples())
      if (s.at_ns >= begin_ns && s.at_ns <= end_ns)
        all.push_back({s.at_ns, static_cast<double>(s.sm_mhz),
                       s.power_mw < 0 ? -1 : static_cast<double>(s.power_mw) * 1e-3,
                       static_cast<double>(s.temperature_c), (s.clock_reasons & kThrottled) != 0});
    return thinned_out(std::move(all), most);
  }

  DeviceSharing sharing() const override {
    DeviceSharing sharing;
    sharing.divided = nvml_->mig();
    sharing.exclusive = nvml_->exclusive();
    std::vector<pid_t> ours = {getpid()};
    {
      const std::lock_guard lock(mutex_);
      ours.insert(ours.end(), ours_.begin(), ours_.end());
    }
    const GpuSharing seen = look_at_sharing(*nvml_, ours);
    if (seen.mps) sharing.mps = seen.mps_detail;
    sharing.others_unknown =
        seen.unknown.empty() ? unknown_others(nvml_->processes()) : seen.unknown;
    if (sharing.others_unknown.empty())
      for (const GpuProcess& process : seen.others) sharing.others.push_back(process.pid);
    return sharing;
  }

  std::optional<bool> slowed_within(std::int64_t begin_ns, std::int64_t end_ns) const override {
    if (copied_ < 0 || copied_ < end_ns) copy();
    // A sample late by another period (a busy machine) still tells; later ones do not.
    const std::int64_t reach = 2 * period_ns_;
    const auto first = std::lower_bound(
        samples_.begin(), samples_.end(), begin_ns - reach,
        [](const GpuSample& sample, std::int64_t at) { return sample.at_ns < at; });
    bool seen = false;
    for (auto sample = first; sample != samples_.end() && sample->at_ns <= end_ns + reach;
         ++sample) {
      seen |= sample->reasons_known;
      if ((sample->clock_reasons & kThrottled) != 0) return true;
    }
    if (!seen) return std::nullopt;
    return false;
  }

 private:
  static std::string unknown_others(const Result<std::vector<GpuProcess>>& listed) {
    if (!listed) return listed.error().message();
    const bool has_us = std::any_of(listed->begin(), listed->end(), [](const GpuProcess& process) {
      return process.pid == getpid();
    });
    return has_us ? std::string() : kOtherNumbers;
  }

  void copy() const {
    samples_ = sampler_.samples();
    copied_ = samples_.empty() ? -1 : samples_.back().at_ns;
  }

  std::unique_ptr<Nvml> nvml_;
  std::int64_t period_ns_;
  GpuSampler sampler_;
  mutable std::mutex mutex_;
  std::vector<pid_t> ours_;
  mutable std::vector<GpuSample>
      samples_;  // for slowed_within(), which the judge asks when it has time
  mutable std::int64_t copied_ = -1;
};

}  // namespace

std::unique_ptr<DeviceWatch> watch_gpu(std::unique_ptr<Nvml> nvml, GpuSampler::Options options) {
  return std::make_unique<Watch>(std::move(nvml), options);
}

}  // namespace aisp::cuda
