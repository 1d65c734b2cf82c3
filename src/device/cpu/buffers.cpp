// Buffers in memfd pages: the judge writes, poisons, flushes and reads them through its own mapping.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <string>

#include <fmt/format.h>

#include "base/parallel.h"
#include "base/shared_memory.h"
#include "device/cpu/cache.h"
#include "device/cpu/fill.h"
#include "device/cpu/peaks.h"
#include "device/cpu/poison.h"
#include "device/device.h"
#include "device/draws.h"

namespace aisp {
namespace {

constexpr std::uint64_t kPage = 4096;

// The repeated word as seen from `phase` bytes into it.
std::uint64_t rotated(std::uint64_t word, std::uint64_t phase) {
  return std::rotr(word, static_cast<int>(phase % 8 * 8));
}

class CpuBuffers final : public Buffers {
 public:
  CpuBuffers(const Problem& problem, Layout layout, SharedMemory inputs, SharedMemory outputs)
      : problem_(problem),
        layout_(std::move(layout)),
        inputs_(std::move(inputs)),
        outputs_(std::move(outputs)) {
    for (std::size_t i = 0; i < problem_.inputs.size(); ++i) {
      has_in_out_ |= problem_.inputs[i].role.get() == Role::in_out;
    }
    for (const Output& output : problem_.outputs) strided_outputs_ |= !output.tensor->contiguous();
  }

  const Layout& layout() const override { return layout_; }

  void draw_weights(const Key& key) override {
    for (std::size_t i = 0; i < problem_.inputs.size(); ++i)
      if (problem_.inputs[i].role.get() == Role::weight) fill(key, kWeightsDraw, 0, i, input(0, i));
  }

  void draw_inputs(const Key& key, std::uint64_t draw, int sets) override {
    for_sets(sets, layout_.inputs_set_stride, [&](int set) {
      for (std::size_t i = 0; i < problem_.inputs.size(); ++i)
        if (problem_.inputs[i].role.get() == Role::activation)
          fill(key, draw, set, i, input(set, i));
    });
  }

  void redraw_inputs(const Key& key, std::uint64_t draw, int set) override {
    for (std::size_t i = 0; i < problem_.inputs.size(); ++i) {
      if (problem_.inputs[i].role.get() != Role::activation) continue;
      fill(key, draw, set, i, input(set, i));
      flush_lines({input(set, i), layout_.inputs[i].bytes});
    }
  }

  void poison(const Key& key, std::uint64_t draw, int sets, std::uint64_t word) override {
    for_sets(sets, layout_.outputs_set_stride, [&](int set) {
      aisp::poison({outputs_set(set), layout_.outputs_set_stride}, word);
      if (!has_in_out_) return;
      for (std::size_t i = 0; i < problem_.inputs.size(); ++i)
        if (problem_.inputs[i].role.get() == Role::in_out) fill(key, draw, set, i, input(set, i));
    });
  }

  void make_cold(int sets, bool private_copies) override {
    flush_lines({inputs_.data(), layout_.weights_bytes + layout_.inputs_set_stride * as_u64(sets)});
    flush_lines({outputs_.data(), layout_.outputs_set_stride * as_u64(sets)});
    if (private_copies) sweep_caches();
  }

  void make_sets_cold(int sets) override {
    flush_lines({inputs_.data() + layout_.weights_bytes, layout_.inputs_set_stride * as_u64(sets)});
    flush_lines({outputs_.data(), layout_.outputs_set_stride * as_u64(sets)});
  }

  void prepare_unused(int calls, int prepared, std::uint64_t word) override {
    if (calls >= prepared) return;
    const std::span<std::byte> unused(outputs_set(calls),
                                      layout_.outputs_set_stride * as_u64(prepared - calls));
    aisp::poison(unused, word);
    flush_lines(unused);
  }

  std::optional<StrayWrite> find_stray_write(int calls, int prepared, std::uint64_t word) override {
    const std::uint64_t stride = layout_.outputs_set_stride;
    // Both are looked at, so that the empty pages are cleaned in any case.
    const auto beyond = find_in_empty_pages(stride * as_u64(std::max(calls, prepared)));
    if (calls < prepared) {
      const std::uint64_t begin = stride * as_u64(calls);
      const auto hit =
          first_unpoisoned({outputs_.data() + begin, stride * as_u64(prepared - calls)}, word);
      if (hit) return stray_at(layout_, begin + *hit);
    }
    return beyond;
  }

  bool probe_poison(int sets, std::uint64_t word, std::uint64_t random) const override {
    for (std::size_t o = 0; o < problem_.outputs.size(); ++o) {
      if (is_in_out(o)) continue;
      const TensorPlace& place = layout_.outputs[o];
      for (int probe = 0; probe < 8; ++probe) {
        random = random * 6364136223846793005ull + 1442695040888963407ull;
        const auto set = static_cast<int>((random >> 33) % as_u64(sets));
        const std::uint64_t at = place.bytes < 8 ? 0 : (random >> 7) % (place.bytes / 8) * 8;
        std::uint64_t seen = word;
        std::memcpy(&seen, output(set, o) + at, std::min<std::uint64_t>(8, place.bytes));
        if (seen != word) return false;
      }
    }
    return true;
  }

  std::optional<Damage> find_damage(int set, std::uint64_t word) const override {
    const std::byte* base = outputs_set(set);
    for (std::size_t o = 0; o < problem_.outputs.size(); ++o) {
      const TensorPlace& place = layout_.outputs[o];
      const auto check = [&](std::uint64_t begin, std::uint64_t bytes) -> std::optional<Damage> {
        const auto at = first_unpoisoned({base + begin, bytes}, rotated(word, begin));
        if (!at) return std::nullopt;
        return Damage{
            o, static_cast<std::int64_t>(begin + *at) - static_cast<std::int64_t>(place.offset)};
      };
      if (auto d = check(place.offset - place.band_before, place.band_before)) return d;
      if (auto d = check(place.offset + place.bytes, place.band_after)) return d;
      if (strided_outputs_ && !problem_.outputs[o].tensor->contiguous())
        if (auto d = gap_damage(o, set, word)) return d;
    }
    return std::nullopt;
  }

  std::int64_t count_changed_inputs(const Key& key, std::uint64_t draw, int set) const override {
    std::int64_t changed = 0;
    std::vector<std::byte> again;
    for (std::size_t i = 0; i < problem_.inputs.size(); ++i) {
      const Role role = problem_.inputs[i].role.get();
      if (role == Role::in_out) continue;
      const std::byte* now = input(set, i);
      again.assign(now, now + layout_.inputs[i].bytes);  // gaps of strided inputs compare equal
      fill(key, role == Role::weight ? kWeightsDraw : draw, role == Role::weight ? 0 : set, i,
           again.data());
      if (std::memcmp(again.data(), now, again.size()) == 0) continue;
      for (std::size_t b = 0; b < again.size(); ++b) changed += again[b] != now[b];
    }
    return changed;
  }

  std::vector<TensorView> input_views(const Key& key, std::uint64_t draw, int set) override {
    std::vector<TensorView> views;
    in_out_as_drawn_.resize(problem_.inputs.size());
    for (std::size_t i = 0; i < problem_.inputs.size(); ++i) {
      const void* data = input(set, i);
      if (problem_.inputs[i].role.get() == Role::in_out) {
        in_out_as_drawn_[i].resize(layout_.inputs[i].bytes);
        fill(key, draw, set, i, in_out_as_drawn_[i].data());
        data = in_out_as_drawn_[i].data();
      }
      views.push_back({&problem_.inputs[i].tensor.get(), data});
    }
    return views;
  }

  std::vector<TensorView> output_views(int set) override {
    std::vector<TensorView> views;
    for (std::size_t o = 0; o < problem_.outputs.size(); ++o)
      views.push_back({&problem_.outputs[o].tensor.get(), output(set, o)});
    return views;
  }

  bool inputs_sealed() const override { return inputs_.sealed_for_reading(); }
  int inputs_fd() const override { return inputs_.fd(); }
  int outputs_fd() const override { return outputs_.fd(); }
  std::byte* inputs_data() const override { return inputs_.data(); }
  std::byte* outputs_data() const override { return outputs_.data(); }

 private:
  static std::uint64_t as_u64(int n) { return static_cast<std::uint64_t>(n); }

  std::byte* input(int set, std::size_t i) const {
    const TensorPlace& place = layout_.inputs[i];
    std::byte* region = place.in_outputs_region ? outputs_.data() : inputs_.data();
    return region + place.offset + place.set_stride * as_u64(set);
  }
  std::byte* outputs_set(int set) const {
    return outputs_.data() + layout_.outputs_set_stride * as_u64(set);
  }
  std::byte* output(int set, std::size_t o) const {
    return outputs_set(set) + layout_.outputs[o].offset;
  }
  bool is_in_out(std::size_t o) const {
    for (std::size_t i = 0; i < problem_.inputs.size(); ++i)
      if (in_out_partner(problem_, i) == static_cast<int>(o)) return true;
    return false;
  }

  void fill(const Key& key, std::uint64_t draw, int set, std::size_t tensor, void* data) const {
    const Input& input = problem_.inputs[tensor];
    fill_tensor(input.tensor, input.distribution, key, nonce_of(draw, set, tensor), data);
  }

  // Pages that were never touched are holes of the memfd, which the kernel skips for us. A page that
  // is there may be a neighbour of a touched one (huge pages): only what is not zero was written. Whole pages become
  // holes again: who only made them present would have them searched after everybody's windows, for good, and
  // others could tell which they were.
  std::optional<StrayWrite> find_in_empty_pages(std::uint64_t from) {
    struct stat file {};
    if (fstat(outputs_.fd(), &file) != 0) return std::nullopt;
    const auto end = static_cast<std::uint64_t>(file.st_size);
    std::optional<StrayWrite> first;
    while (from < end) {
      const off_t data = lseek(outputs_.fd(), static_cast<off_t>(from), SEEK_DATA);
      if (data < 0) break;
      const off_t hole = lseek(outputs_.fd(), data, SEEK_HOLE);
      const auto begin = static_cast<std::uint64_t>(data);
      const std::uint64_t stop = hole < 0 ? end : std::min(end, static_cast<std::uint64_t>(hole));
      std::byte* bytes = outputs_.data();
      const std::byte* hit =
          std::find_if(bytes + begin, bytes + stop, [](std::byte b) { return b != std::byte{0}; });
      if (hit != bytes + stop) {
        if (!first) first = stray_at(layout_, static_cast<std::uint64_t>(hit - bytes));
        std::memset(bytes + begin, 0, stop - begin);
      }
      const std::uint64_t page = (begin + kPage - 1) / kPage * kPage;
      if (page < stop)
        fallocate(outputs_.fd(), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
                  static_cast<off_t>(page), static_cast<off_t>(stop - page));
      from = stop;
    }
    return first;
  }

  // Small sets are shared out among cores; large tensors are parallel inside fill and poison.
  template <class F>
  void for_sets(int sets, std::uint64_t set_bytes, const F& f) const {
    if (set_bytes >= (1u << 20) || as_u64(sets) * set_bytes < (1u << 18)) {
      for (int set = 0; set < sets; ++set) f(set);
      return;
    }
    parallel_for(static_cast<std::size_t>(sets), [&](std::size_t begin, std::size_t end) {
      for (std::size_t set = begin; set < end; ++set) f(static_cast<int>(set));
    });
  }

  std::optional<Damage> gap_damage(std::size_t o, int set, std::uint64_t word) const {
    const Tensor& t = problem_.outputs[o].tensor;
    std::vector<bool> used(static_cast<std::size_t>(t.storage_elements()), false);
    const auto strides = t.effective_strides();
    std::vector<std::int64_t> index(t.shape.size(), 0);
    for (std::int64_t n = t.elements(); n > 0; --n) {
      std::int64_t at = 0;
      for (std::size_t d = 0; d < index.size(); ++d) at += index[d] * strides[d];
      used[static_cast<std::size_t>(at)] = true;
      for (std::size_t d = index.size(); d-- > 0;) {
        if (++index[d] < t.shape[d]) break;
        index[d] = 0;
      }
    }
    const std::size_t element = dtype_bytes(t.dtype);
    for (std::size_t e = 0; e < used.size(); ++e) {
      if (used[e]) continue;
      const std::size_t begin = e * element;
      if (first_unpoisoned({output(set, o) + begin, element}, rotated(word, begin)))
        return Damage{o, static_cast<std::int64_t>(begin)};
    }
    return std::nullopt;
  }

  const Problem& problem_;
  Layout layout_;
  SharedMemory inputs_;
  SharedMemory outputs_;
  bool has_in_out_ = false;
  bool strided_outputs_ = false;
  std::vector<std::vector<std::byte>> in_out_as_drawn_;
};

class CpuDevice final : public Device {
 public:
  std::string name() const override { return "cpu"; }
  double low_precision_speedup() const override { return aisp::low_precision_speedup(); }
  Peaks peaks_again() const override {
    const CpuPeaks peaks = measure_cpu_peaks();
    return {peaks.flops_per_second, peaks.bytes_per_second, peaks.source};
  }

  Result<std::unique_ptr<Buffers>> allocate(const Problem& problem, Layout layout) override {
    for (const Input& input : problem.inputs)
      if (Status status = check_fill(input.tensor, input.distribution); !status)
        return status.error();
    auto inputs = SharedMemory::create("aisp-inputs", layout.inputs_bytes(),
                                       SharedMemory::Access::worker_reads);
    if (!inputs) return inputs.error();
    auto outputs = SharedMemory::create("aisp-outputs", layout.outputs_bytes(),
                                        SharedMemory::Access::worker_writes);
    if (!outputs) return outputs.error();
    return std::unique_ptr<Buffers>(
        new CpuBuffers(problem, std::move(layout), std::move(*inputs), std::move(*outputs)));
  }
};

}  // namespace

std::unique_ptr<Device> make_cpu_device() { return std::make_unique<CpuDevice>(); }

}  // namespace aisp
