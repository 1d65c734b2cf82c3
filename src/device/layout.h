// Where each tensor of each set lies in the two shared regions.
//
//   inputs:  [weights][set 0 inputs][set 1 inputs] …      read-only in the worker
//   outputs: [set 0: band tensor band band tensor band][set 1 …] …
//
// On a device with memory of its own, tensors that are placed in the host's memory lie in two regions more,
// host inputs and host outputs. Host outputs are laid out as outputs are, each tensor in the one or the
// other: so the judge's frozen copy of both is one.
//
// A set is one call's private buffers. Bands are poisoned, and looked at after every call.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "aisp/problem.h"

namespace aisp {

struct TensorPlace {
  std::string name;
  bool in_outputs_region = false;
  bool weight = false;
  bool on_host = false;           // in a host region, of a device that has memory of its own
  std::uint64_t offset = 0;       // bytes from the region's start to element 0 of set 0
  std::uint64_t set_stride = 0;   // bytes; 0 for weights
  std::uint64_t bytes = 0;        // storage bytes
  std::uint64_t band_before = 0;  // bytes of poison right before and after (outputs region)
  std::uint64_t band_after = 0;
};

struct Layout {
  std::vector<TensorPlace> inputs;   // in the problem's order
  std::vector<TensorPlace> outputs;  // in the problem's order; in-out shares its input's place
  std::uint64_t weights_bytes = 0;   // the inputs region begins with this much
  std::uint64_t inputs_set_stride = 0;
  std::uint64_t outputs_set_stride = 0;
  int sets = 0;
  std::uint64_t host_weights_bytes = 0;  // of the host regions, the same
  std::uint64_t host_inputs_set_stride = 0;
  bool host_outputs = false;  // whether any output is there

  std::uint64_t inputs_bytes() const { return weights_bytes + inputs_set_stride * sets_u(); }
  std::uint64_t outputs_bytes() const { return outputs_set_stride * sets_u(); }
  std::uint64_t host_inputs_bytes() const {
    return host_weights_bytes + host_inputs_set_stride * sets_u();
  }
  std::uint64_t host_outputs_bytes() const { return host_outputs ? outputs_bytes() : 0; }
  std::uint64_t host_set_bytes() const {
    return host_inputs_set_stride + (host_outputs ? outputs_set_stride : 0);
  }
  std::uint64_t set_bytes() const { return inputs_set_stride + outputs_set_stride; }

 private:
  std::uint64_t sets_u() const { return static_cast<std::uint64_t>(sets); }
};

// Index of the output of the same name as in-out input `input`, or -1.
int in_out_partner(const Problem& problem, std::size_t input);

// As many sets as fit in `budget_bytes`, at least one, at most `max_sets`. `host_budget_bytes`: the same for
// host regions; zero where there is one memory for all, wherever tensors ask to be placed.
Layout make_layout(const Problem& problem, std::uint64_t budget_bytes, int max_sets,
                   std::uint64_t host_budget_bytes = 0);

}  // namespace aisp
