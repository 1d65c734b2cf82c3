// The problem of the chain targets: a hash of a block, word after word. Each step needs the one before, so
// that within a call there is nothing to overlap. Whoever is faster than the chain has looked at the
// next call's inputs.
#pragma once

#include <string>
#include <utility>

#include "aisp/problem.h"
#include "chain.h"

namespace testbed {

// Hashes `words` words; `target` as in "testbed:chain".
inline aisp::Problem chain_problem(std::string target, std::int64_t words) {
  return {
      .target = std::move(target),
      .summary = "FNV-1a over words, folded to 32 bits: bound by the latency of a multiplication",
      .inputs = {{.tensor =
                      aisp::Tensor{.name = "in", .dtype = aisp::Dtype::int64, .shape = {words}},
                  .role = aisp::Role::activation,
                  .distribution = aisp::Distribution::integers(0, 1'000'000'000'000)}},
      .outputs = {{.tensor =
                       aisp::Tensor{.name = "hash", .dtype = aisp::Dtype::int32, .shape = {1}},
                   .tolerance = aisp::Tolerance::exact()}},
      .reference =
          [](const aisp::Inputs& in, const aisp::Expected& expected) {
            const auto block = in[0].as<std::int64_t>();
            expected.integer(0)[0] = chain(block.data(), block.size());
          },
      .validate = aisp::no_invariants,
      .work = aisp::Work{.flops = 2.0 * static_cast<double>(words),
                         .bytes = 8.0 * static_cast<double>(words) + 4},
      .goal = aisp::Goal::speed,
  };
}

}  // namespace testbed
