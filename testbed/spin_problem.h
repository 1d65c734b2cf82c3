// The problem around the kernel of known cost; see spin.h. Eight integers go in and out so that a
// call can still be verified.
#pragma once

#include <string>
#include <utility>

#include "aisp/problem.h"

namespace testbed {

// `target` as in "testbed:spin_1us"; `ns` nanoseconds per call.
inline aisp::Problem spin_problem(std::string target, double ns) {
  constexpr std::int64_t kElements = 8;
  constexpr std::int64_t kMask = 0x5deece66d;
  return {
      .target = std::move(target),
      .summary = "spins for a known time: what the clocks of the judge are checked with",
      .inputs = {{.tensor =
                      aisp::Tensor{.name = "in", .dtype = aisp::Dtype::int64, .shape = {kElements}},
                  .role = aisp::Role::activation,
                  .distribution = aisp::Distribution::integers(0, 1'000'000'000)}},
      .outputs = {{.tensor =
                       aisp::Tensor{
                           .name = "out", .dtype = aisp::Dtype::int64, .shape = {kElements}},
                   .tolerance = aisp::Tolerance::exact()}},
      .params = {{"ns", ns}},
      .reference =
          [](const aisp::Inputs& in, const aisp::Expected& expected) {
            const auto values = in[0].as<std::int64_t>();
            const auto out = expected.integer(0);
            for (std::size_t i = 0; i < out.size(); ++i) out[i] = values[i] ^ kMask;
          },
      .validate = aisp::no_invariants,
      .work = aisp::Work{.flops = kElements, .bytes = 16.0 * kElements},
      .goal = aisp::Goal::speed,
  };
}

}  // namespace testbed
