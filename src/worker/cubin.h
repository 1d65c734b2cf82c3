// The kernels of a .cubin: an ELF file of machine code for one kind of GPU. Written by a stranger, so
// that nothing in it is believed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"

namespace aisp {

// Names of the entry points (what __global__ makes) in the order of the symbol table. Error: it is no
// .cubin, or its tables point out of it.
Result<std::vector<std::string>> kernels_of_cubin(std::span<const std::byte> file);

}  // namespace aisp
