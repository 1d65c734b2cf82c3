// What the judge and the agent say to each other, and where it lies in memory.
//
// Four shared regions (memfd), passed to the agent as the file descriptors below:
//   orders   written by the judge, read-only in the worker (the seal refuses a writable mapping)
//   answers  written by the worker: an adversary's page. The judge copies it out, validates the
//            copy and uses the copy; nothing in it is ever trusted.
//   inputs   activations and weights, read-only in the worker
//   outputs  outputs and in-out tensors, the only problem memory that the worker can write
//
// For a CUDA device `inputs` and `outputs` are device memory: allocations of the judge, passed as the
// POSIX file descriptors that the driver exports. There the inputs are read-only only as far as the
// worker's own mapping goes, which it may change: the judge draws them again and compares.
//
// Tensors that are placed in the host's memory are in two regions more, memfd pages that the agent page-locks
// for its GPU: descriptors kHostInputsFd and kHostOutputsFd, where there are any.
//
// A window: the judge writes `plan`, `calls`, `command`, then `sequence` = n, resumes the worker and
// wakes it. The agent does the work, writes its claims, stores `sequence` = n in the answers and
// wakes the judge. Only then does the judge stop the worker and read. DESIGN.md: "The round".
// What a device has recorded of the window is fetched by `collect`, an order of its own, so that
// reading it does not lie between GO and DONE. The judge sends it when the outputs are frozen.
//
// The protocol knows no language: anything that can map memory and wait on a futex can be an agent.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace aisp::protocol {

inline constexpr std::uint64_t kMagic = 0x3170736961ull;  // "aisp1"
inline constexpr std::uint32_t kVersion = 4;
inline constexpr std::uint32_t kMaxCalls = 16384;  // in one window
inline constexpr std::uint32_t kMaxTensors = 64;
inline constexpr std::uint32_t kMaxParams = 64;
inline constexpr std::uint32_t kMaxRank = 8;
inline constexpr std::size_t kNameBytes = 64;

enum Fd : int {
  kOrdersFd = 3,
  kAnswersFd = 4,
  kInputsFd = 5,
  kOutputsFd = 6,
  kHostInputsFd = 7,
  kHostOutputsFd = 8
};

enum class Command : std::uint32_t {
  none = 0,
  populate =
      1,      // make the first `calls` sets present in the worker's page table; with kReplayGraph,
              // capture the implementation's run for each of them
  setup = 2,  // load the implementation and call its setup
  run = 3,    // `calls` calls, the i-th on set plan[i]
  quit = 4,   // teardown and exit
  collect = 5,  // write the device's claims about the last window; nothing on a CPU
};

// Bits of Orders::flags. They hold from the order that carries them on, so that a switch that costs
// time (CUPTI's) can go with an order that is not timed: `populate` of 0 sets.
enum OrderFlag : std::uint32_t {
  kTraceActivity = 1u << 0,      // record the device's activity with CUPTI, where there is one
  kResetPersistingL2 = 1u << 1,  // before the first call: no line of the L2 persists
  kSyncEachCall = 1u << 2,       // wait for the device after each call of a window
  kReplayGraph = 1u << 3,        // a call is the replay of what was captured of run on its set
  kHandOverOnly =
      1u << 4,          // DONE at once: what a window is without the agent (null implementation)
  kUnmarked = 1u << 5,  // no marks around calls, so that nothing is claimed of them but host times
};

enum class DeviceKind : std::uint32_t { cpu = 0, cuda = 1 };

enum class Status : std::int32_t {
  ok = 0,
  lockdown_failed = 1,
  load_failed = 2,  // dlopen, missing symbol, wrong ABI
  setup_failed = 3,
  call_failed = 4,  // run returned non-zero
  bad_order = 5,
  device_failed = 6,   // the device could not be opened, or a region not be mapped
  not_capturable = 7,  // run cannot be captured into a graph
};

enum class Region : std::uint32_t { inputs = 0, outputs = 1, host_inputs = 2, host_outputs = 3 };

struct TensorEntry {
  char name[kNameBytes];
  std::uint32_t dtype;
  std::uint32_t rank;
  std::int64_t shape[kMaxRank];
  std::int64_t strides[kMaxRank];
  std::uint64_t elements;
  Region region;
  std::uint32_t weight;      // 1: there in setup, the same in every set
  std::uint64_t offset;      // bytes from the region's start to element 0 of set 0
  std::uint64_t set_stride;  // bytes from one set's to the next one's; 0 for weights
};

struct ParamEntry {
  char name[kNameBytes];
  double value;
};

// Judge to worker.
struct Orders {
  std::uint64_t magic;
  std::uint32_t version;
  std::uint32_t handover_cpu;  // where the agent's main thread waits; kNoCpu = anywhere
  std::uint64_t inputs_bytes;
  std::uint64_t outputs_bytes;
  std::uint64_t inputs_set_begin;  // byte range of the inputs that weights take: [0, begin)
  std::uint64_t inputs_set_stride;
  std::uint64_t outputs_set_stride;
  std::uint32_t sets;
  std::uint32_t input_count;
  std::uint32_t output_count;
  std::uint32_t param_count;
  DeviceKind device;
  std::uint32_t device_ordinal;        // as the worker counts, where there is no UUID
  std::uint8_t device_uuid[16];        // all zero: take device_ordinal
  std::uint64_t inputs_mapped_bytes;   // what is behind the descriptors: region bytes rounded up to
  std::uint64_t outputs_mapped_bytes;  // the device's granularity; 0 = no memory, no descriptor
  std::uint64_t host_inputs_mapped_bytes;
  std::uint64_t host_outputs_mapped_bytes;
  // Not zero: device memory is lent by CUDA IPC handles and not by descriptors.
  std::uint64_t lent_by_ipc;
  std::uint8_t inputs_ipc[64];
  std::uint8_t outputs_ipc[64];
  TensorEntry inputs[kMaxTensors];
  TensorEntry outputs[kMaxTensors];
  ParamEntry params[kMaxParams];

  alignas(64) std::atomic<std::uint32_t> sequence;
  Command command;
  std::uint32_t calls;
  std::uint32_t flags;  // OrderFlag
  // Where the agent's main thread may run once it was woken, a bit for each of the first processors; all zero: anywhere. On this
  // line, which the agent reads anyway.
  std::uint64_t main_cpus[6];
  alignas(64) std::uint32_t plan[kMaxCalls];
};
inline constexpr std::uint32_t kNoCpu = 0xffffffffu;

struct Claim {
  std::int64_t start_ns;  // CLOCK_MONOTONIC
  std::int64_t end_ns;
};

// What the device itself recorded of one call. Times in nanoseconds, kUnknownNs = not recorded.
struct DeviceClaim {
  std::int64_t device_ns;    // between an event before and one after the call on launch.stream
  std::int64_t activity_ns;  // union of the intervals in which work of the call ran, any stream
  std::int64_t activity_span_ns;  // first start to last end of the same
  std::uint32_t kernels;
  std::uint32_t copies;
  std::uint32_t memsets;
  std::uint32_t graphs;   // launches of graphs; what is inside is not counted again
  std::uint32_t streams;  // different ones among all of that
  std::uint32_t reserved;
};
inline constexpr std::int64_t kUnknownNs = -1;

// The same about a whole window.
struct DeviceWindow {
  std::uint32_t sources;       // ClaimSource
  std::uint32_t streams;       // different ones in the window
  std::uint32_t unattributed;  // records of work that no call of the window caused
  std::uint32_t dropped;       // records that were lost
  std::int64_t activity_ns;    // union over the window, what no call caused included; kUnknownNs
};
enum ClaimSource : std::uint32_t {
  kFromEvents = 1u << 0,
  kFromActivity = 1u << 1,
  // No source, but why records may be short: streams have been asked to run functions of the host, which leave none.
  kHostFunctions = 1u << 2,
};

// Worker to judge.
struct Answers {
  alignas(64) std::atomic<std::uint32_t> sequence;
  Status status;
  std::uint32_t calls_done;
  std::uint32_t probes_refused;  // forbidden things the agent tried after the lockdown …
  std::uint32_t probes_allowed;  // … and how many of them worked (must be 0)
  std::int64_t setup_ns;
  std::int64_t awake_ns;  // CLOCK_MONOTONIC when it saw the order of the last window
  char message[512];
  char notes[512];  // what the agent found missing, one line each: "no CUPTI: …"
  DeviceWindow device;
  alignas(64) Claim claims[kMaxCalls];
  // Apart from the claims, so that a call's two clock reads on a CPU touch little memory.
  alignas(64) DeviceClaim device_claims[kMaxCalls];
};

static_assert(std::atomic<std::uint32_t>::is_always_lock_free);

}  // namespace aisp::protocol
