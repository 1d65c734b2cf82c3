// The chain with a multiplication by hand: one bit of the factor after the other.
#include "../chain.h"

#include "aisp/implementation.h"

namespace {

std::uint64_t product(std::uint64_t factor, std::uint64_t times) {
  std::uint64_t sum = 0;
  for (int bit = 0; bit < 64; ++bit) {
    sum += factor & -(times & 1);
    factor += factor;
    times >>= 1;
    asm volatile("" : "+r"(sum), "+r"(factor), "+r"(times));  // stays 64 steps
  }
  return sum;
}

void run(const aisp::Launch& launch) {
  std::uint64_t state = testbed::kChainStart;
  for (const std::int64_t word : launch.input_span<std::int64_t>(0))
    state = product(state ^ static_cast<std::uint64_t>(word), testbed::kChainPrime);
  launch.output<std::int32_t>(0)[0] = testbed::fold(state);
}

}  // namespace

AISP_IMPLEMENTATION(run, "multiplies bit by bit");
