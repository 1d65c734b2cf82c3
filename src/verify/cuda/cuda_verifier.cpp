// Compares outputs in GPU memory, as they were frozen when their window was over.
#include <algorithm>
#include <cstring>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "base/parallel.h"
#include "device/cuda/buffers.h"
#include "verify/cuda/cuda_verifier.h"

namespace aisp {
namespace {

using namespace cuda;

std::size_t as_size(int n) { return static_cast<std::size_t>(n); }

CompareStats from_device(const DeviceCompareStats& d) {
  CompareStats s;
  s.elements = d.elements;
  s.mismatches = d.mismatches;
  s.nans = d.nans;
  s.infs = d.infs;
  s.denormals_flushed = d.denormals_flushed;
  s.stale = d.stale;
  s.max_abs_error = d.max_abs_error;
  s.max_allowed_ratio = d.max_allowed_ratio;
  s.error_sum_squares = d.error_sum_squares;
  s.want_sum_squares = d.want_sum_squares;
  s.worst_index = d.worst_index;
  s.worst_got = d.worst_got;
  s.worst_want = d.worst_want;
  s.first_bad_index = d.first_bad_index;
  s.first_bad_got = d.first_bad_got;
  s.first_bad_want = d.first_bad_want;
  s.got_is_constant = d.got_is_constant != 0;
  s.constant = d.constant;
  s.want_is_constant = d.want_is_constant != 0;
  s.want_constant = d.want_constant;
  return s;
}

class CudaVerifier final : public Verifier {
 public:
  CudaVerifier(const Problem& problem, CudaBuffers& buffers)
      : problem_(problem), buffers_(buffers), gpu_(buffers.gpu()), results_(gpu_) {}

  std::vector<ExpectedTensor>& expected(int) override {
    if (!host_expected_.empty()) return host_expected_;
    allocate_expected(problem_, host_expected_);
    for (ExpectedTensor& e : host_expected_) {
      locked_.emplace_back(gpu_, e.real.data(), 8 * e.real.size());
      locked_.emplace_back(gpu_, e.integer.data(), 8 * e.integer.size());
    }
    return host_expected_;
  }

  void expected_done(int slot) override {
    while (expected_.size() <= as_size(slot)) {
      auto& tensors = expected_.emplace_back();
      for (std::size_t o = 0; o < problem_.outputs.size(); ++o) tensors.emplace_back(gpu_);
    }
    for (std::size_t o = 0; o < host_expected_.size(); ++o) {
      ExpectedTensor& host = host_expected_[o];
      const std::uint64_t bytes = 8 * (host.real.empty() ? host.integer.size() : host.real.size());
      const void* from = host.real.empty() ? static_cast<const void*>(host.integer.data())
                                           : static_cast<const void*>(host.real.data());
      gpu_->upload(expected_[as_size(slot)][o].at_least(bytes), from, bytes);
      // As the host's verifier finds it: zero where the reference writes nothing.
      clear(host.real);
      clear(host.integer);
    }
  }

  std::vector<SetStats> compare_expected(Store got, std::span<const int> sets,
                                         std::span<const int> slots, std::uint64_t word) override {
    return compare_each(sets, 1, [&](std::size_t i, int, std::size_t o, CUdeviceptr stats) {
      const CUdeviceptr want = expected_[as_size(slots[i])][o].address();
      return gpu_->kernels().compare_expected(
          gpu_->stream(), problem_.outputs[o].tensor, problem_.outputs[o].tolerance,
          output(got, sets[i], 1, o), {want, 0, 1}, word, scratch(o, 1), stats);
    });
  }

  void keep(Store store, std::span<const int> sets) override {
    while (stores_.size() <= as_size(store)) stores_.emplace_back(gpu_);
    const std::uint64_t stride = buffers_.layout().outputs_set_stride;
    const CUdeviceptr to = stores_[as_size(store)].at_least(buffers_.layout().outputs_bytes());
    for (std::size_t i = 0; i < sets.size();) {
      const int run = run_length(sets, i, static_cast<int>(sets.size()));
      must(check(gpu_->driver().MemcpyDtoDAsync(to + stride * as_size(sets[i]), frozen(sets[i]),
                                                stride * as_size(run), gpu_->stream()),
                 "keep outputs"));
      i += as_size(run);
    }
  }

  std::vector<SetStats> compare_kept(Store got, Store want, std::span<const int> sets,
                                     double factor, std::uint64_t word) override {
    const int most = static_cast<int>(sets.size());
    return compare_each(sets, most, [&](std::size_t i, int run, std::size_t o, CUdeviceptr stats) {
      return gpu_->kernels().compare_same(
          gpu_->stream(), problem_.outputs[o].tensor, scaled(problem_.outputs[o].tolerance, factor),
          output(got, sets[i], run, o), output(want, sets[i], run, o), word, scratch(o, run),
          stats);
    });
  }

  std::vector<std::optional<Damage>> find_damage(int sets, std::uint64_t word) override {
    return buffers_.find_all_damage(0, sets, word);
  }

  // Memory of the judge on the GPU is kept: allocating it again would wait for the whole device.
  void release_expected() override {}
  void release_stores(Store) override {}

 private:
  template <class T>
  static void clear(std::vector<T>& values) {
    parallel_for(values.size(), [&](std::size_t begin, std::size_t end) {
      std::fill(values.data() + begin, values.data() + end, T{});
    });
  }

  CUdeviceptr frozen(int set) const {
    const TensorPlace& first = buffers_.layout().outputs.front();
    return buffers_.frozen_output(0, set).address - first.offset;
  }

  // How many of sets[i], sets[i + 1], … lie one after the other, at most `most`.
  static int run_length(std::span<const int> sets, std::size_t i, int most) {
    int run = 1;
    while (run < most && i + as_size(run) < sets.size() && sets[i + as_size(run)] == sets[i] + run)
      ++run;
    return run;
  }

  // Element 0 of output `o` of `run` sets from `set` on.
  SetSpan output(Store store, int set, int run, std::size_t o) const {
    if (store == kInBuffers) return buffers_.frozen_output(o, set, run);
    const Layout& layout = buffers_.layout();
    return {stores_[as_size(store)].address() + layout.outputs_set_stride * as_size(set) +
                layout.outputs[o].offset,
            layout.outputs_set_stride, run};
  }

  // A comparison leaves its scratch as it found it, for the same number of sets.
  CUdeviceptr scratch(std::size_t o, int run) {
    auto [it, made] = scratch_.try_emplace({o, run}, gpu_);
    return it->second.at_least(Kernels::compare_scratch_bytes(problem_.outputs[o].tensor, run));
  }

  // Enqueues compare(i, run, o, where the statistics go) for all sets, `run` ones from sets[i] on that lie one
  // after the other at a time, then reads all statistics: statistics of a run lie one after the other, too.
  template <class Compare>
  std::vector<SetStats> compare_each(std::span<const int> sets, int most, const Compare& compare) {
    const std::size_t outputs = problem_.outputs.size();
    std::vector<SetStats> stats(sets.size(), SetStats(outputs));
    if (sets.empty()) return stats;
    std::vector<DeviceCompareStats> raw(sets.size() * outputs);
    const std::uint64_t bytes = raw.size() * sizeof(DeviceCompareStats);
    const CUdeviceptr at = results_.at_least(bytes);
    for (std::size_t i = 0; i < sets.size();) {
      const int run = run_length(sets, i, most);
      for (std::size_t o = 0; o < outputs; ++o)
        must(compare(i, run, o, at + (o * sets.size() + i) * sizeof(DeviceCompareStats)));
      i += as_size(run);
    }
    must(check(gpu_->driver().MemcpyDtoHAsync(raw.data(), at, bytes, gpu_->stream()),
               "read the statistics of a comparison"));
    gpu_->synchronize();
    for (std::size_t i = 0; i < sets.size(); ++i)
      for (std::size_t o = 0; o < outputs; ++o) stats[i][o] = from_device(raw[o * sets.size() + i]);
    return stats;
  }

  const Problem& problem_;
  CudaBuffers& buffers_;
  std::shared_ptr<Gpu> gpu_;
  std::vector<ExpectedTensor> host_expected_;
  std::vector<PageLocked> locked_;                          // what they hold
  std::vector<std::vector<Scratch>> expected_;              // [slot][output]
  std::vector<Scratch> stores_;                             // each laid out as the outputs region
  std::map<std::pair<std::size_t, int>, Scratch> scratch_;  // by output and number of sets
  Scratch results_;
};

}  // namespace

std::unique_ptr<Verifier> make_cuda_verifier(const Problem& problem, Buffers& buffers) {
  auto* on_gpu = dynamic_cast<CudaBuffers*>(&buffers);
  if (on_gpu == nullptr) return nullptr;
  return std::make_unique<CudaVerifier>(problem, *on_gpu);
}

}  // namespace aisp
