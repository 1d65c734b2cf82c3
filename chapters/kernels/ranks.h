// Ranks of a distributed program in one process: each works on its own part of the tensors, and what it
// wants of another rank it reads from shared memory. A worker of the judge may start no processes and
// share no memory with others, so that ranks are threads there; that is also what collectives within one
// host come down to.
//
// Where there are fewer processors than ranks, a thread is several ranks, one after the other: two
// threads that wait for each other on one processor would measure the kernel's scheduler.
#pragma once

#include <omp.h>

#include <algorithm>

namespace aisp::kernels {

// Calls program() on each of as many threads as there are processors, at most one for each rank.
template <class Program>
void on_ranks(int ranks, Program&& program) {
#pragma omp parallel num_threads(std::min(ranks, omp_get_max_threads()))
  program();
}

// One phase of a program: work(rank) for each rank, which must not throw. Called by all threads of
// on_ranks; ends when all ranks are done, and what they have written can be read then.
template <class Work>
void each_rank(int ranks, Work&& work) {
#pragma omp for schedule(static)
  for (int rank = 0; rank < ranks; ++rank) work(rank);
}

}  // namespace aisp::kernels
