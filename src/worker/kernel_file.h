// A bare kernel (.cubin) as an implementation. The file is device code only, so a small shared object
// of ours launches it (agent/cubin_implementation.cpp). What it launches stands behind its own code in
// a copy of it: one file, whose hash is that of all that runs.
//
//   [the shared object][image][entry][KernelFileEnd]
//
// The kernel is launched as  entry<<<grid, block, shared_bytes, launch.stream>>>(inputs …, outputs …,
// parameters …): a pointer for each input and each output, in the problem's order (an in-out tensor
// is in both lists), then each parameter of the problem as a double. A kernel that takes fewer gets
// the first ones.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.h"

namespace aisp {

struct KernelLaunch {
  std::string entry;  // empty = the only kernel of the file
  // x, y, z. A grid of zeros = a thread for each element of the first output, in blocks of `block`.
  std::array<std::uint32_t, 3> grid{};
  std::array<std::uint32_t, 3> block{256, 1, 1};
  std::uint32_t shared_bytes = 0;  // dynamic shared memory
};

// Words "entry=NAME", "grid=X[,Y[,Z]]", "block=X[,Y[,Z]]", "shared=BYTES", in any order; what is not
// there stays as it is in `launch`. `source` is for errors: where the text comes from.
Status read_kernel_launch(std::string_view text, const std::string& source, KernelLaunch& launch);

// "entry add, grid 4096 x 1 x 1, block 256 x 1 x 1, 0 bytes of shared memory"
std::string kernel_launch_text(const KernelLaunch& launch);

// The end of the file, as it lies there.
struct KernelFileEnd {
  std::uint64_t image_offset;
  std::uint64_t image_bytes;
  std::uint64_t entry_offset;
  std::uint64_t entry_bytes;  // no terminating zero
  std::uint32_t grid[3];
  std::uint32_t block[3];
  std::uint32_t shared_bytes;
  std::uint32_t version;
  char magic[16];
};
inline constexpr char kKernelFileMagic[16] = "aisp kernel 1\n";
inline constexpr std::uint32_t kKernelFileVersion = 1;

// Writes `to`: `launcher` (our shared object) and the kernel behind it. `launch.entry` is checked
// against the kernels in `image`, and filled in where it is empty and there is only one. An error is
// the image's fault: no .cubin, no such kernel (with the names that there are), several and no name.
Status write_kernel_file(const std::filesystem::path& launcher, std::string_view image,
                         KernelLaunch& launch, const std::filesystem::path& to);

}  // namespace aisp
