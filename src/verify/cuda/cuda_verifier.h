#pragma once

#include <memory>

#include "verify/verifier.h"

namespace aisp {

// Nothing where `buffers` are not in a GPU's memory, or where this build has no CUDA support.
std::unique_ptr<Verifier> make_cuda_verifier(const Problem& problem, Buffers& buffers);

}  // namespace aisp
