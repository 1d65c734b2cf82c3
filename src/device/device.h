// One kind of hardware: memory that is shared with workers, and what the judge does to it.
// Everything above this room is written once for all devices.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "aisp/problem.h"
#include "base/chacha.h"
#include "base/result.h"
#include "device/layout.h"

namespace aisp {

// Bytes around an output (or between its strides) that are no longer poison.
struct Damage {
  std::size_t output = 0;
  std::int64_t offset_bytes = 0;  // from element 0; negative = before the tensor
};

// The buffers of one target: `layout().sets` sets, mapped in the judge and in every worker.
class Buffers {
 public:
  virtual ~Buffers() = default;
  virtual const Layout& layout() const = 0;

  // Draws the weights, once a run.
  virtual void draw_weights(const Key& key) = 0;
  // Draws the activations of sets [0, sets) for `draw`, a number that is never used twice.
  virtual void draw_inputs(const Key& key, std::uint64_t draw, int sets) = 0;
  // Draws the in-out tensors (again, for each implementation) and poisons every other output byte,
  // bands included, with the 8-byte word.
  virtual void poison(const Key& key, std::uint64_t draw, int sets, std::uint64_t word) = 0;
  // Evicts sets [0, sets) and the weights from all caches. `private_copies`: also what workers may
  // keep of the weights, by reading and writing more than the last-level cache.
  virtual void make_cold(int sets, bool private_copies) = 0;
  // Looks at a few random places of the outputs: still poison?
  virtual bool probe_poison(int sets, std::uint64_t word, std::uint64_t random) const = 0;
  // First damaged byte of set's bands and gaps.
  virtual std::optional<Damage> find_damage(int set, std::uint64_t word) const = 0;
  // Draws set's activations again and counts bytes that differ from what is there.
  virtual std::int64_t count_changed_inputs(const Key& key, std::uint64_t draw, int set) const = 0;

  // Host-readable views for reference and validation, valid until the next call. Inputs that are
  // in-out are shown as drawn, before any implementation overwrote them.
  virtual std::vector<TensorView> input_views(const Key& key, std::uint64_t draw, int set) = 0;
  virtual std::vector<TensorView> output_views(int set) = 0;

  virtual bool inputs_sealed() const = 0;
  // File descriptors for the worker: inputs, outputs.
  virtual int inputs_fd() const = 0;
  virtual int outputs_fd() const = 0;
  // The same memory in this process, for workers that live in it (debuggers only).
  virtual std::byte* inputs_data() const = 0;
  virtual std::byte* outputs_data() const = 0;
};

class Device {
 public:
  virtual ~Device() = default;
  virtual std::string name() const = 0;  // "cpu", "cuda"
  // How many times its fp32 peak it could reach at most with narrower types.
  virtual double low_precision_speedup() const = 0;
  virtual Result<std::unique_ptr<Buffers>> allocate(const Problem& problem, Layout layout) = 0;
};

std::unique_ptr<Device> make_cpu_device();

}  // namespace aisp
