// The judge's own threads, which a problem's reference may have left running.
#pragma once

namespace aisp {

// Waits until no thread of this process but the caller runs or waits for a processor; at most 20 ms, false then. Costs
// 2 µs where there are none but those of parallel_for, and 7 for each where there are. OpenMP's threads wait for their
// next loop by spinning (libgomp: 4 to 5 ms after a reference, on two processors), so that whoever came first in a round
// had one processor less: memory-bound baselines took 1.1 to 1.8 times as long as when they came second.
bool own_threads_are_quiet();

}  // namespace aisp
