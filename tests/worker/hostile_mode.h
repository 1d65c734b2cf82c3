// How hostile_module.cpp misbehaves: its parameter `mode`; `value` is a number that it needs.
#pragma once

namespace aisp::testing {

enum class Mode {
  honest,
  scribbles,          // random bytes and extremes in the answers page, in most calls
  scribbling_thread,  // all the time that the worker is awake, the sequence word included
  forges_status,      // says DONE with status `value`, and never returns
  blocks_in_setup,
  blocks_in_run,
  wrong_in_one_element,  // `value`
  wrong_in_one_call,     // the `value`-th, counted from 1
  spins,                 // `value` times round a loop, then honest
  slow_at_first,         // sleeps for 20 ms in the first `value` calls
  dies_in_call,          // the `value`-th, counted from 1: exits with status 7
  pinned,  // itself to processor `value`, in setup; wrong where it is not there 20 ms into a call
  on_the_stream,  // asks the CUDA driver to call it back on launch.stream, `value` times; -1: once, and waits
};

}  // namespace aisp::testing
