// What the judge and the agent say to each other, and where it lies in memory.
//
// Four shared regions (memfd), passed to the agent as the file descriptors below:
//   orders   written by the judge, read-only in the worker (the seal refuses a writable mapping)
//   answers  written by the worker: an adversary's page. The judge copies it out, validates the
//            copy and uses the copy; nothing in it is ever trusted.
//   inputs   activations and weights, read-only in the worker
//   outputs  outputs and in-out tensors, the only problem memory that the worker can write
//
// A window: the judge writes `plan`, `calls`, `command`, then `sequence` = n, resumes the worker and
// wakes it. The agent does the work, writes its claims, stores `sequence` = n in the answers and
// wakes the judge. Only then does the judge stop the worker and read. DESIGN.md: "The round".
//
// The protocol knows no language: anything that can map memory and wait on a futex can be an agent.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace aisp::protocol {

inline constexpr std::uint64_t kMagic = 0x3170736961ull;  // "aisp1"
inline constexpr std::uint32_t kVersion = 1;
inline constexpr std::uint32_t kMaxCalls = 16384;  // in one window
inline constexpr std::uint32_t kMaxTensors = 64;
inline constexpr std::uint32_t kMaxParams = 64;
inline constexpr std::uint32_t kMaxRank = 8;
inline constexpr std::size_t kNameBytes = 64;

enum Fd : int { kOrdersFd = 3, kAnswersFd = 4, kInputsFd = 5, kOutputsFd = 6 };

enum class Command : std::uint32_t {
  none = 0,
  populate = 1,  // make the first `calls` sets present in the worker's page table
  setup = 2,     // load the implementation and call its setup
  run = 3,       // `calls` calls, the i-th on set plan[i]
  quit = 4,      // teardown and exit
};

enum class Status : std::int32_t {
  ok = 0,
  lockdown_failed = 1,
  load_failed = 2,   // dlopen, missing symbol, wrong ABI
  setup_failed = 3,
  call_failed = 4,   // run returned non-zero
  bad_order = 5,
};

enum class Region : std::uint32_t { inputs = 0, outputs = 1 };

struct TensorEntry {
  char name[kNameBytes];
  std::uint32_t dtype;
  std::uint32_t rank;
  std::int64_t shape[kMaxRank];
  std::int64_t strides[kMaxRank];
  std::uint64_t elements;
  Region region;
  std::uint32_t weight;        // 1: there in setup, the same in every set
  std::uint64_t offset;        // bytes from the region's start to element 0 of set 0
  std::uint64_t set_stride;    // bytes from one set's to the next one's; 0 for weights
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
  std::uint64_t inputs_set_begin;   // byte range of the inputs that weights take: [0, begin)
  std::uint64_t inputs_set_stride;
  std::uint64_t outputs_set_stride;
  std::uint32_t sets;
  std::uint32_t input_count;
  std::uint32_t output_count;
  std::uint32_t param_count;
  std::uint32_t reserved[2];
  TensorEntry inputs[kMaxTensors];
  TensorEntry outputs[kMaxTensors];
  ParamEntry params[kMaxParams];

  alignas(64) std::atomic<std::uint32_t> sequence;
  Command command;
  std::uint32_t calls;
  alignas(64) std::uint32_t plan[kMaxCalls];
};
inline constexpr std::uint32_t kNoCpu = 0xffffffffu;

struct Claim {
  std::int64_t start_ns;  // CLOCK_MONOTONIC
  std::int64_t end_ns;
};

// Worker to judge.
struct Answers {
  alignas(64) std::atomic<std::uint32_t> sequence;
  Status status;
  std::uint32_t calls_done;
  std::uint32_t probes_refused;   // forbidden things the agent tried after the lockdown …
  std::uint32_t probes_allowed;   // … and how many of them worked (must be 0)
  std::int64_t setup_ns;
  char message[512];
  alignas(64) Claim claims[kMaxCalls];
};

static_assert(std::atomic<std::uint32_t>::is_always_lock_free);

}  // namespace aisp::protocol
