#include "agent/backend.h"

namespace aisp::agent {

std::unique_ptr<Backend> make_cuda_backend() { return nullptr; }

}  // namespace aisp::agent
