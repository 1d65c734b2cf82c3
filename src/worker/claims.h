// Reads a worker's claims as what they are: bytes from an adversary. Pure, so that it can be fuzzed.
#pragma once

#include <cstdint>
#include <span>

#include "worker/protocol.h"

namespace aisp {

struct ClaimSummary {
  bool sane = false;       // ordered, non-negative, and inside the window that the judge saw
  std::int64_t sum_ns = 0;
  std::int64_t span_ns = 0;  // first start to last end
  std::int64_t min_ns = 0;   // shortest call
};

// `claims` is the judge's copy. `go_ns` and `done_ns` are the judge's own times of the window.
ClaimSummary summarize_claims(std::span<const protocol::Claim> claims, std::int64_t go_ns,
                              std::int64_t done_ns);

}  // namespace aisp
