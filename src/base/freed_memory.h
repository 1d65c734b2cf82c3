// For programs that judge.
#pragma once

#include <malloc.h>

#include <climits>

namespace aisp {

// What was freed is kept for the next buffer of that size. Given back and asked for again, each page is a fault: on a
// virtual machine whose host takes free pages away it costs 11 µs, and an audit of 144 MiB took 48 s in place of 7. Call it
// first thing in main().
inline void keep_freed_memory() {
  mallopt(M_MMAP_MAX, 0);
  mallopt(M_TRIM_THRESHOLD, INT_MAX);
}

}  // namespace aisp
