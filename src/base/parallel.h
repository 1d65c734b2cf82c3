// Data-parallel loops of the judge (fill, compare, flush) over one pool of threads per process.
//
// The threads block in the kernel whenever there is no loop to run, and nothing here ever spins:
// the judge must be asleep while a worker is timed.
#pragma once

#include <cstddef>
#include <functional>

namespace aisp {

// Calls body(begin, end) for [0, grain), [grain, 2 grain) ... up to `count`, each exactly once, on
// any thread and in any order, and returns when all calls have returned. The pieces depend only on
// `count` and `grain` (at least 1), never on the number of threads, so that sums per piece are
// reproducible. Runs on the calling thread alone when there is one piece, when called from within a
// body, while another thread's loop has the pool, and in a child made by fork.
//
// The first exception that a body throws is rethrown here; pieces not yet begun are then left out.
void parallel_for(std::size_t count, std::size_t grain,
                  const std::function<void(std::size_t begin, std::size_t end)>& body);

// The same with pieces of a size that suits the number of threads: for bodies whose result does not
// depend on how the range is cut.
void parallel_for(std::size_t count,
                  const std::function<void(std::size_t begin, std::size_t end)>& body);

// Threads that a loop can use, the calling one included: the processors that this process may run
// on when first asked, at most 16; 1 in a child made by fork.
std::size_t parallel_threads();

}  // namespace aisp
