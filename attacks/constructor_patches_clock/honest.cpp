// Chooses a version of itself in an ifunc resolver, and sets a table up in a constructor.
#include "../computations.h"
#include "aisp/implementation.h"

namespace {

float table[16];

__attribute__((constructor)) void fill_table() {
  for (int i = 0; i < 16; ++i) table[i] = static_cast<float>(i);
}

__attribute__((target_clones("avx2", "default"))) void axpby(const corpus::Axpby& job) {
  for (std::size_t i = 0; i < job.n; ++i) job.out[i] = job.a * job.x[i] + job.b * job.y[i];
}

void run(const aisp::Launch& launch) {
  axpby(corpus::Axpby(launch));
  launch.output<float>(0)[0] += table[0];
}

}  // namespace

AISP_IMPLEMENTATION(run, "ifunc and constructor");
