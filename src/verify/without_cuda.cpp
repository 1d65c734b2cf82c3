// What a build without the CUDA toolkit has instead of verify/cuda/.
#include "verify/cuda/cuda_verifier.h"

namespace aisp {

std::unique_ptr<Verifier> make_cuda_verifier(const Problem&, Buffers&) { return nullptr; }

}  // namespace aisp
