// What bench/kernels/gpu_work.cu does: the problem's parameter `mode`.
#pragma once

namespace bench {

enum class GpuWork {
  spin,        // waits `ns` by the GPU's clock, then out = in ^ kMask: one launch
  copy,        // the same without waiting, by all of the GPU
  overlapped,  // as `spin`, each call on the next of eight streams of its own: not what is asked for
  leftover,  // as `spin`, and when its window is over it leaves a kernel running: not what is asked for
  launches,    // 480 launches of next to nothing, then as `spin`
  side_stream  // as `spin` on a stream of its own that launch.stream waits for
};

inline constexpr long long kMask = 0x5deece66d;

}  // namespace bench
