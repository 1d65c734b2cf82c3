// The problem of the copy targets. A copy of the input *is* the right answer here, so the lint
// against problems that an input copy solves does not apply.
#pragma once

#include <algorithm>
#include <string>
#include <utility>

#include "aisp/problem.h"

namespace testbed {

// Copies `elements` fp32 values; `target` as in "testbed:copy1m".
inline aisp::Problem copy_problem(std::string target, std::int64_t elements) {
  return {
      .target = std::move(target),
      .summary = "copies a buffer: an A/A pair that is bound by memory or by a cache",
      .inputs = {{.tensor = aisp::Tensor{.name = "in", .shape = {elements}},
                  .role = aisp::Role::activation,
                  .distribution = aisp::Distribution::uniform(-1, 1)}},
      .outputs = {{.tensor = aisp::Tensor{.name = "out", .shape = {elements}},
                   .tolerance = aisp::Tolerance::exact()}},
      .reference =
          [](const aisp::Inputs& in, const aisp::Expected& expected) {
            const auto values = in[0].as<float>();
            std::copy(values.begin(), values.end(), expected.real(0).begin());
          },
      .validate = aisp::no_invariants,
      .work = aisp::Work{.flops = 0, .bytes = 8.0 * static_cast<double>(elements)},
      .goal = aisp::Goal::speed,
  };
}

}  // namespace testbed
