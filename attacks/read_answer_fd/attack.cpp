// Computes one element, then looks for it, as float and as double, in every mapped region and
// every open descriptor that is not its own output: there, after a few comparisons, would be the
// rest of the answer. It says so when it finds it.
#include <unistd.h>

#include <cmath>
#include <vector>

#include "../computations.h"
#include "../outcome.h"
#include "../reach.h"
#include "aisp/implementation.h"

namespace {

// Says so when eight neighbouring doubles start with `exact` and look like results.
void look(const char* begin, std::size_t bytes, double exact) {
  for (std::size_t i = 0; i + 64 <= bytes; i += 8) {
    double values[8];
    std::memcpy(values, begin + i, sizeof values);
    bool plausible = std::fabs(values[0] - exact) < 1e-9;
    for (const double value : values) plausible = plausible && std::fabs(value) < 2.4 && value != 0;
    if (plausible) return corpus::succeeded("the expected output lies in reach");
  }
}

bool tried = false;

void run(const aisp::Launch& launch) {
  if (!tried) {
    tried = true;
    const corpus::Axpby job(launch);
    const double exact = static_cast<double>(job.a) * static_cast<double>(job.x[0]) +
                         static_cast<double>(job.b) * static_cast<double>(job.y[0]);
    for (const corpus::Mapping& m : corpus::mappings()) {
      const bool special =
          m.path.rfind("[vvar", 0) == 0 || m.path == "[vsyscall]" || m.path == "[stack]";
      if (!m.readable || special || m.bytes() > (64u << 20) || m.holds(job.out)) continue;
      look(reinterpret_cast<const char*>(m.begin), m.bytes(), exact);
    }
    for (int fd = 3; fd < 64; ++fd) {
      std::vector<char> bytes(1 << 20);
      const ssize_t got = pread(fd, bytes.data(), bytes.size(), 0);
      if (got > 0) look(bytes.data(), static_cast<std::size_t>(got), exact);
    }
  }
  corpus::Axpby(launch).compute();
}

}  // namespace

AISP_IMPLEMENTATION(run, "looks for the answer");
