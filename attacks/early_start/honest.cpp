// A constructor at load time builds a lookup table.
#include <array>

#include "../computations.h"
#include "aisp/implementation.h"

namespace {

std::array<float, 4096> make_squares() {
  std::array<float, 4096> table{};
  for (std::size_t i = 0; i < table.size(); ++i) table[i] = static_cast<float>(i * i);
  return table;
}

const std::array<float, 4096> squares = make_squares();
volatile float sink = 0;

void run(const aisp::Launch& launch) {
  for (std::size_t i = 0; i < launch.output_tensor(0).elements / squares.size(); ++i)
    sink = squares[i];
  corpus::Axpby(launch).compute();
}

}  // namespace

AISP_IMPLEMENTATION(run, "lookup table built at load time");
