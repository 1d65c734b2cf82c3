// A CPU device that remembers what the judge did with its buffers.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "device/device.h"

namespace aisp::testing {

// The outputs were poisoned, right before a window (or a setup): with what, and what inputs there were.
struct Poisoning {
  std::uint64_t draw = 0;
  std::uint64_t word = 0;
  std::vector<std::string> inputs;  // of each set, all bytes of its activations
};

class SpyBuffers final : public Buffers {
 public:
  SpyBuffers(std::unique_ptr<Buffers> real, std::vector<Poisoning>& seen)
      : real_(std::move(real)), seen_(seen) {}

  const Layout& layout() const override { return real_->layout(); }
  void draw_weights(const Key& key) override { real_->draw_weights(key); }
  void draw_inputs(const Key& key, std::uint64_t draw, int sets) override {
    real_->draw_inputs(key, draw, sets);
  }
  void redraw_inputs(const Key& key, std::uint64_t draw, int set) override {
    real_->redraw_inputs(key, draw, set);
  }
  void poison(const Key& key, std::uint64_t draw, int sets, std::uint64_t word) override {
    real_->poison(key, draw, sets, word);
    Poisoning& p = seen_.emplace_back();
    p.draw = draw;
    p.word = word;
    const std::uint64_t stride = layout().inputs_set_stride;
    for (int set = 0; set < sets; ++set)
      p.inputs.emplace_back(reinterpret_cast<const char*>(real_->inputs_data()) +
                                layout().weights_bytes + stride * static_cast<unsigned>(set),
                            stride);
  }
  void make_cold(int sets, bool all) override { real_->make_cold(sets, all); }
  void make_sets_cold(int sets) override { real_->make_sets_cold(sets); }
  void prepare_unused(int calls, int prepared, std::uint64_t word) override {
    real_->prepare_unused(calls, prepared, word);
  }
  std::optional<StrayWrite> find_stray_write(int calls, int prepared, std::uint64_t word) override {
    return real_->find_stray_write(calls, prepared, word);
  }
  bool probe_poison(int sets, std::uint64_t word, std::uint64_t random) const override {
    return real_->probe_poison(sets, word, random);
  }
  std::optional<Damage> find_damage(int set, std::uint64_t word) const override {
    return real_->find_damage(set, word);
  }
  std::int64_t count_changed_inputs(const Key& key, std::uint64_t draw, int set) const override {
    return real_->count_changed_inputs(key, draw, set);
  }
  std::vector<TensorView> input_views(const Key& key, std::uint64_t draw, int set) override {
    return real_->input_views(key, draw, set);
  }
  std::vector<TensorView> output_views(int set) override { return real_->output_views(set); }
  bool inputs_sealed() const override { return real_->inputs_sealed(); }
  int inputs_fd() const override { return real_->inputs_fd(); }
  int outputs_fd() const override { return real_->outputs_fd(); }
  std::byte* inputs_data() const override { return real_->inputs_data(); }
  std::byte* outputs_data() const override { return real_->outputs_data(); }

 private:
  std::unique_ptr<Buffers> real_;
  std::vector<Poisoning>& seen_;
};

class SpyDevice : public Device {
 public:
  std::string name() const override { return "cpu"; }
  double low_precision_speedup() const override { return real_->low_precision_speedup(); }
  Result<std::unique_ptr<Buffers>> allocate(const Problem& problem, Layout layout) override {
    auto made = real_->allocate(problem, std::move(layout));
    if (!made.ok()) return made.error();
    return std::unique_ptr<Buffers>(new SpyBuffers(std::move(*made), seen));
  }

  std::optional<Memory> memory() const override {
    return tell_memory ? std::optional<Memory>(tell_memory()) : std::nullopt;
  }

  std::vector<Poisoning> seen;
  std::function<Memory()> tell_memory;  // unset: it has no memory of its own

 private:
  std::unique_ptr<Device> real_ = make_cpu_device();
};

}  // namespace aisp::testing
