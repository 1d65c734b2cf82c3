// What gpu_kernels_module.cu does: its parameter `mode`; `value` is a number that it needs.
#pragma once

namespace aisp::testing {

enum class GpuMode {
  axpy,             // out = 2 x + y on launch.stream
  spins,            // the same, after `value` nanoseconds by the GPU's own clock
  side_stream,      // the same, on a stream of its own that nobody waits for
  side_thread,      // the same as `spins`, asked for by another thread
  own_things,       // the same, with memory, pinned memory, streams, events and a graph of its own
  writes_inputs,    // scribbles over its input, then the same
  illegal_address,  // reads address 8
};

}  // namespace aisp::testing
