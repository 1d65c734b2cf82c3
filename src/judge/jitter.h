// Small changes of inputs that were seen before: one element, or a short run of them.
#pragma once

#include <cstdint>

#include "aisp/problem.h"
#include "base/chacha.h"
#include "device/device.h"

namespace aisp {

// In each of sets [0, sets), and in each of their activations, one element or a run of 64 at a secret
// place becomes what draw `other` has there; of a permutation two elements are swapped. Weights stay,
// in-out inputs are drawn anew before each window, and what a generator of the problem made is left alone.
// False: nothing was changed. For buffers that the judge can write (CPU).
bool jitter_inputs(const Problem& problem, Buffers& buffers, const Key& key, std::uint64_t other,
                   int sets, RandomSource& random);

}  // namespace aisp
