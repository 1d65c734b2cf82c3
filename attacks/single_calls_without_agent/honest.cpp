// Is slow in its first calls, where it tries how far to unroll.
#include <ctime>

#include "../chain.h"
#include "aisp/implementation.h"

namespace {

int calls = 0;

void run(const aisp::Launch& launch) {
  const auto words = launch.input_span<std::int64_t>(0);
  if (++calls <= 2) {
    const timespec rest{0, 2'000'000};
    nanosleep(&rest, nullptr);
  }
  launch.output<std::int32_t>(0)[0] = corpus::chain(words.data(), words.size());
}

}  // namespace

AISP_IMPLEMENTATION(run, "slow in its first calls");
