// The two pages through which judge and agent talk, as a stranger finds them: the names of a
// launch's tensors lie in the page of orders, and the page of answers is the shared writable
// mapping that holds no output. The layout is copied from the documented protocol, version 4; with
// another version the attacks that use this say that they did not try, and poke at nothing.
#pragma once

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <climits>
#include <cstddef>
#include <cstdint>

#include "aisp/implementation.h"
#include "reach.h"

namespace corpus {

inline constexpr std::uint64_t kMagic = 0x3170736961;
inline constexpr std::uint32_t kVersion = 4;

struct TensorEntry {
  char name[64];
  std::uint32_t dtype;
  std::uint32_t rank;
  std::int64_t shape[8];
  std::int64_t strides[8];
  std::uint64_t elements;
  std::uint32_t region;
  std::uint32_t weight;
  std::uint64_t offset;
  std::uint64_t set_stride;
};

struct ParamEntry {
  char name[64];
  double value;
};

struct Orders {
  std::uint64_t magic;
  std::uint32_t version;
  std::uint32_t handover_cpu;
  std::uint64_t region_bytes[2];
  std::uint64_t set_layout[3];
  std::uint32_t sets;
  std::uint32_t input_count;
  std::uint32_t output_count;
  std::uint32_t param_count;
  std::uint32_t device[2];
  std::uint8_t device_uuid[16];
  std::uint64_t mapped_bytes[4];
  std::uint64_t lent_by_ipc;
  std::uint8_t ipc_handles[2][64];
  TensorEntry inputs[64];
  TensorEntry outputs[64];
  ParamEntry params[64];
  alignas(64) std::atomic<std::uint32_t> sequence;
  std::uint32_t command;
  std::uint32_t calls;
  std::uint32_t flags;
  alignas(64) std::uint32_t plan[16384];
};

struct Claim {
  std::int64_t start_ns;
  std::int64_t end_ns;
};

struct DeviceClaim {
  std::int64_t device_ns;
  std::int64_t activity_ns;
  std::int64_t activity_span_ns;
  std::uint32_t kernels;
  std::uint32_t copies;
  std::uint32_t memsets;
  std::uint32_t graphs;
  std::uint32_t streams;
  std::uint32_t reserved;
};

struct DeviceWindow {
  std::uint32_t sources;
  std::uint32_t streams;
  std::uint32_t unattributed;
  std::uint32_t dropped;
  std::int64_t activity_ns;
};

struct Answers {
  alignas(64) std::atomic<std::uint32_t> sequence;
  std::int32_t status;
  std::uint32_t calls_done;
  std::uint32_t probes_refused;
  std::uint32_t probes_allowed;
  std::int64_t setup_ns;
  std::int64_t awake_ns;
  char message[512];
  char notes[512];
  DeviceWindow device;
  alignas(64) Claim claims[16384];
  alignas(64) DeviceClaim device_claims[16384];
};

struct ControlPage {
  const Orders* orders = nullptr;
  Answers* answers = nullptr;

  explicit operator bool() const { return orders != nullptr && answers != nullptr; }

  // The claim of the call that is running: the one that started last.
  Claim* running_claim() const {
    Claim* latest = answers->claims;
    for (std::uint32_t i = 0; i < orders->calls && i < 16384; ++i)
      if (answers->claims[i].start_ns > latest->start_ns) latest = &answers->claims[i];
    return latest;
  }
  // Tells the judge that the window is over, whether it is or not.
  void say_done() const {
    answers->status = 0;
    answers->calls_done = orders->calls;
    answers->sequence.store(orders->sequence.load(), std::memory_order_release);
    syscall(SYS_futex, &answers->sequence, FUTEX_WAKE, INT_MAX, nullptr, nullptr, 0);
  }
};

// Empty when the pages are not there or look different.
inline ControlPage find_control_page(const aisp::Launch& launch) {
  ControlPage page;
  for (const Mapping& m : mappings()) {
    if (!m.shared || !m.readable) continue;
    const auto* orders = reinterpret_cast<const Orders*>(m.begin);
    if (m.bytes() >= sizeof(Orders) && m.holds(launch.input_tensor(0).name) &&
        orders->magic == kMagic && orders->version == kVersion)
      page.orders = orders;
    bool holds_output = false;
    for (std::uint32_t i = 0; i < launch.raw().output_count; ++i)
      holds_output = holds_output || m.holds(launch.raw().outputs[i].data);
    constexpr std::size_t kPage = 4096;
    if (m.writable && !holds_output && m.bytes() / kPage == (sizeof(Answers) + kPage - 1) / kPage)
      page.answers = reinterpret_cast<Answers*>(m.begin);
  }
  return page;
}

}  // namespace corpus
