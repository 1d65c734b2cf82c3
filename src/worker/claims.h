// Reads a worker's claims as what they are: bytes from an adversary. Pure, so that it can be fuzzed.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "worker/protocol.h"

namespace aisp {

struct ClaimSummary {
  bool sane = false;  // ordered, non-negative, and inside the window that the judge saw
  std::int64_t sum_ns = 0;
  std::int64_t span_ns = 0;  // first start to last end
  std::int64_t min_ns = 0;   // shortest call
};

// `claims` is the judge's copy. `go_ns` and `done_ns` are the judge's own times of the window.
ClaimSummary summarize_claims(std::span<const protocol::Claim> claims, std::int64_t go_ns,
                              std::int64_t done_ns);

// What a device recorded, as told. Sums over the window; kUnknownNs where the source is missing.
struct DeviceClaimSummary {
  // Possible for a device that was idle at GO and is at DONE; else all is empty, but for what is not possible.
  bool sane = false;
  std::string impossible;  // "calls take 320 ns between their events, the window 160"
  std::int64_t device_ns = protocol::kUnknownNs;    // from events
  std::int64_t activity_ns = protocol::kUnknownNs;  // per call, added up
  std::int64_t span_ns = protocol::kUnknownNs;      // the same with the gaps within calls
  std::int64_t busy_ns = protocol::kUnknownNs;      // union over the window, strays included
  std::uint64_t kernels = 0;
  std::uint64_t copies = 0;
  std::uint64_t memsets = 0;
  std::uint64_t graphs = 0;
  std::uint32_t streams = 0;
  std::uint32_t unattributed = 0;
  std::uint32_t dropped = 0;
  bool host_functions = false;  // its streams run functions of the host
};

// `claims` and `window` are the judge's copies, `window_ns` is its own time from GO to DONE.
DeviceClaimSummary summarize_device_claims(std::span<const protocol::DeviceClaim> claims,
                                           const protocol::DeviceWindow& window,
                                           std::int64_t window_ns);

}  // namespace aisp
