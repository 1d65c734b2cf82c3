// What a problem asks for, in a hash: equal signatures mean that times are of the same work.
#pragma once

#include <string>

#include "aisp/problem.h"

namespace aisp {

// BLAKE2b-256, hex, of everything in the problem but its code: target, tensors with dtype, shape,
// strides, placement, role, distribution and tolerance, parameters, work and goal.
std::string problem_signature(const Problem& problem);

}  // namespace aisp
