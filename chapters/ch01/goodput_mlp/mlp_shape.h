// Where the operands of ch01:goodput_mlp stand in a launch.
#pragma once

#include <aisp/implementation.h>

#include <cstdint>

struct MlpShape {
  std::int64_t micro_batches, rows, in, hidden, out;

  explicit MlpShape(const aisp::Launch& launch)
      : micro_batches(launch.input_tensor(0).shape[0]),
        rows(launch.input_tensor(0).shape[1]),
        in(launch.input_tensor(0).shape[2]),
        hidden(launch.input_tensor(1).shape[1]),
        out(launch.input_tensor(3).shape[1]) {}
  std::int64_t all_rows() const { return micro_batches * rows; }
};
