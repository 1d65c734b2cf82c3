// One kind of hardware: memory that is shared with workers, and what the judge does to it.
// Everything above this room is written once for all devices.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "aisp/problem.h"
#include "base/chacha.h"
#include "base/result.h"
#include "device/device_watch.h"
#include "device/layout.h"

namespace aisp {

// Bytes around an output (or between its strides) that are no longer poison.
struct Damage {
  std::size_t output = 0;
  std::int64_t offset_bytes = 0;  // from element 0; negative = before the tensor
};

struct StrayWrite {
  int set = 0;
  Damage
      damage;  // named after the output whose place in its set is the nearest one before that byte
};

// What lies at `offset` bytes from the start of the outputs region.
StrayWrite stray_at(const Layout& layout, std::uint64_t offset);

// What a window begins with, in one go: start_preparing.
struct Preparation {
  std::uint64_t draw = 0;
  int calls = 0;
  int prepared = 0;          // sets that workers may know, for prepare_unused
  std::uint64_t word = 0;    // poison
  std::uint64_t random = 0;  // where to look whether it is there
  bool cold = true;
  bool private_copies = false;
};

struct Prepared {
  bool poison_intact = true;  // at the places looked at, after everything else
  std::int64_t ready_ns = 0;  // CLOCK_MONOTONIC when the device had done all of it; 0 = unknown
  std::int64_t took_ns = 0;   // how long the device was at it, by the judge's clock; 0 = unknown
};

// What was found when a window was over: check_after.
struct Checked {
  std::optional<StrayWrite> stray;
  std::int64_t inputs_changed = 0;  // bytes
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
  // Draws the activations of one set anew, and evicts them from all caches. The worker may be in the
  // middle of a window, but stopped.
  virtual void redraw_inputs(const Key& key, std::uint64_t draw, int set) = 0;
  // Outputs of whom the judge does not trust are regions of their own where work of a worker goes on when it has been
  // stopped: a GPU would go on reading and writing what other workers have there. From here on `outputs` is what number
  // `region` maps; 0 is there from the beginning, others are made when they are first asked for.
  virtual Status use_outputs(std::size_t region) {
    static_cast<void>(region);
    return success();
  }
  // Copies the activations of set `from` over those of set `to`; the worker may be in the middle of a window, but
  // stopped. False where that is not possible.
  virtual bool copy_activations(int from, int to) {
    static_cast<void>(from);
    static_cast<void>(to);
    return false;
  }
  // Draws the in-out tensors (again, for each implementation) and poisons every other output byte,
  // bands included, with the 8-byte word.
  virtual void poison(const Key& key, std::uint64_t draw, int sets, std::uint64_t word) = 0;
  // Evicts sets [0, sets) and the weights from all caches. `private_copies`: also what workers may
  // keep of the weights, by reading and writing more than the last-level cache.
  virtual void make_cold(int sets, bool private_copies) = 0;
  // Of these sets alone: weights and whatever else the last window has left in caches stay there.
  virtual void make_sets_cold(int sets) { make_cold(sets, false); }
  // Outputs of calls that a window does not have. Every worker maps all sets' outputs, so that what
  // one of them writes there another could read in the same round, where inputs are the same: the
  // first one's answers. So these bytes are known before each window, and looked at after it. (On a CPU not between a warm-up
  // and the one call that comes alone after it: both are the same worker's, and the next one's window makes all of it poison.)
  // Sets [calls, prepared) become poison and leave the caches; sets beyond, which nobody was asked to
  // touch yet, are empty.
  virtual void prepare_unused(int calls, int prepared, std::uint64_t word) = 0;
  // Whether find_stray_write and check_after look at the sets beyond those prepared, after the window with this poison.
  // Where they do so not after each: who is looked at after a window has to be looked at before it, too, or somebody
  // else's damage would be its own.
  virtual bool looks_beyond(std::uint64_t word) const {
    static_cast<void>(word);
    return true;
  }
  // The worker is stopped, or dead. The first byte outside of sets [0, calls) that was written since
  // prepare_unused(calls, prepared, word). What was written beyond `prepared` is cleaned.
  virtual std::optional<StrayWrite> find_stray_write(int calls, int prepared,
                                                     std::uint64_t word) = 0;
  // For a device that works on its own while the judge goes on: poisons, draws (inputs last, so that
  // they exist for as short a time as possible before GO), evicts and looks, in the order of one queue.
  // start returns at once where it can, finish waits until all of it is done.
  virtual void start_preparing(const Key& key, const Preparation& p) {
    poison(key, p.draw, p.calls, p.word);
    prepare_unused(p.calls, p.prepared, p.word);
    draw_inputs(key, p.draw, p.calls);
    if (p.cold) make_cold(p.calls, p.private_copies);
    started_ = {probe_poison(p.calls, p.word, p.random), 0, 0};
  }
  virtual Prepared finish_preparing() { return started_; }
  // The window is over: from here to the next one the outputs of sets [0, sets) are read as they are
  // now, whatever is written later. Returns the judge's clock (CLOCK_MONOTONIC, ns) when all of it was
  // read, or 0 where nothing had to be: a stopped CPU worker writes nothing any more, what a GPU still
  // has to do cannot be stopped.
  virtual std::int64_t freeze(int sets) {
    static_cast<void>(sets);
    return 0;
  }
  // Looks at a few random places of the outputs: still poison?
  virtual bool probe_poison(int sets, std::uint64_t word, std::uint64_t random) const = 0;
  // First damaged byte of set's bands and gaps.
  virtual std::optional<Damage> find_damage(int set, std::uint64_t word) const = 0;
  // Draws set's activations again and counts bytes that differ from what is there.
  virtual std::int64_t count_changed_inputs(const Key& key, std::uint64_t draw, int set) const = 0;
  // The same for sets [0, sets) at once.
  virtual std::int64_t count_all_changed_inputs(const Key& key, std::uint64_t draw,
                                                int sets) const {
    std::int64_t changed = 0;
    for (int set = 0; set < sets; ++set) changed += count_changed_inputs(key, draw, set);
    return changed;
  }
  // Both looks that follow a window, find_stray_write and count_all_changed_inputs, in one go.
  virtual Checked check_after(const Key& key, std::uint64_t draw, int calls, int prepared,
                              std::uint64_t word) {
    return {find_stray_write(calls, prepared, word), count_all_changed_inputs(key, draw, calls)};
  }
  // A keyed hash of each of sets [0, sets)'s outputs as they are now (frozen, where that is another
  // thing): to tell which of them changed.
  virtual std::vector<std::uint64_t> fingerprints(int sets, std::uint64_t key) {
    static_cast<void>(sets);
    static_cast<void>(key);
    return {};
  }

  // Host-readable views for reference and validation, valid until the next call. Inputs that are
  // in-out are shown as drawn, before any implementation overwrote them.
  virtual std::vector<TensorView> input_views(const Key& key, std::uint64_t draw, int set) = 0;
  virtual std::vector<TensorView> output_views(int set) = 0;
  // Whether views cost nothing, because the host reads where the tensors are.
  virtual bool views_are_free() const { return true; }

  virtual bool inputs_sealed() const = 0;
  // File descriptors for the worker: inputs, outputs.
  virtual int inputs_fd() const = 0;
  virtual int outputs_fd() const = 0;
  // Where device memory is lent by CUDA IPC in place of descriptors: the 64 bytes of a handle. Else empty.
  virtual std::span<const std::byte> inputs_ipc_handle() const { return {}; }
  virtual std::span<const std::byte> outputs_ipc_handle() const { return {}; }
  // Bytes behind them where that is device memory, which comes in whole granules; 0 = not that.
  virtual std::uint64_t inputs_mapped_bytes() const { return 0; }
  virtual std::uint64_t outputs_mapped_bytes() const { return 0; }
  // The same for tensors in the host's memory, of a device that has memory of its own. Zero: there are none.
  virtual int host_inputs_fd() const { return -1; }
  virtual int host_outputs_fd() const { return -1; }
  virtual std::uint64_t host_inputs_mapped_bytes() const { return 0; }
  virtual std::uint64_t host_outputs_mapped_bytes() const { return 0; }
  // The same memory in this process, for workers that live in it (debuggers only).
  virtual std::byte* inputs_data() const = 0;
  virtual std::byte* outputs_data() const = 0;

 private:
  Prepared started_;
};

// The judge's own work on a device failed: nothing can be judged on it any more. No implementation can
// cause it, its faults stay in its own process.
class DeviceFailure : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

// What a worker must have of the machine to reach a device; nothing for a CPU. Paths are the same
// inside the sandbox and outside; what is not there is left out.
struct DeviceAccess {
  enum class Kind { cpu, cuda };
  Kind kind = Kind::cpu;
  std::array<std::uint8_t, 16> uuid{};  // all zero: `ordinal`, as the worker counts
  int ordinal = 0;
  std::vector<std::string> nodes;        // "/dev/nvidiactl": read, written, ioctl
  std::vector<std::string> files;        // read-only, none below /tmp: libraries, /sys/…
  std::vector<std::string> proc_files;   // single files, relative to /proc
  std::vector<std::string> environment;  // "NAME=value"
};

class Device {
 public:
  virtual ~Device() = default;
  virtual std::string name() const = 0;  // "cpu", "cuda"
  // What it can do at best; zero = unknown, or known better elsewhere (a CPU's is measured and cached
  // by whoever runs it, device/cpu/peaks.h).
  struct Peaks {
    double flops_per_second = 0;  // fp32, a multiply-add counts two
    double bytes_per_second = 0;  // memory
    std::string source;
  };
  virtual Peaks peaks() const { return {}; }
  // Measured now (0.3 s on a CPU), where somebody was faster than what was measured before; zeros where nothing can be.
  virtual Peaks peaks_again() const { return {}; }
  // How many times its fp32 peak it could reach at most with narrower types.
  virtual double low_precision_speedup() const = 0;
  virtual DeviceAccess worker_access() const { return {}; }
  virtual DeviceAccess::Kind worker_access_kind() const { return DeviceAccess::Kind::cpu; }
  // What machine code for it is called: "sm_90a"; empty for a CPU.
  virtual std::string architecture() const { return {}; }
  // For the manifest: its model, its memory, versions of its driver.
  virtual std::map<std::string, std::string> facts() const { return {}; }
  // Looks at it from now on; null where it cannot be watched, and `unwatched` says why then, but for a
  // CPU, which nobody watches.
  virtual DeviceWatch* watch() const { return nullptr; }
  virtual std::string unwatched() const { return {}; }
  struct Memory {
    std::uint64_t free_bytes = 0;
    std::uint64_t total_bytes = 0;
  };
  // Of a device with memory of its own, as it is now, for everybody together.
  virtual std::optional<Memory> memory() const { return std::nullopt; }
  // Calls that one window may hold.
  virtual int most_calls_per_window() const { return 1 << 30; }
  // Bytes that all sets of buffers may take where `usual` were asked for and so many implementations take part.
  virtual std::uint64_t buffer_budget(std::uint64_t usual, int implementations) const {
    static_cast<void>(implementations);
    return usual;
  }
  // Bytes of the host's memory that buffers may take where tensors are placed there; zero: the device has no
  // memory of its own, and all tensors are in the one that there is.
  virtual std::uint64_t host_buffer_budget() const { return 0; }
  virtual Result<std::unique_ptr<Buffers>> allocate(const Problem& problem, Layout layout) = 0;
};

std::unique_ptr<Device> make_cpu_device();
// The GPU with this number. The error says what is missing: CUDA in this build, the driver, the GPU.
Result<std::unique_ptr<Device>> make_cuda_device(int ordinal);

}  // namespace aisp
