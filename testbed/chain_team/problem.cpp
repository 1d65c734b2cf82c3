// Two blocks, each hashed word after word. The baseline has a thread for each, which takes longer to wake than a call takes
// in a row: windows of one call are dear for it, for a reason that no candidate shares.
#include "aisp/problem.h"
#include "blocks.h"

namespace {

aisp::Problem make() {
  return {
      .target = "testbed:chain_team",
      .summary = "FNV-1a over two blocks of words: a thread for each, or side by side in one",
      .inputs = {{.tensor = aisp::Tensor{.name = "in",
                                         .dtype = aisp::Dtype::int64,
                                         .shape = {2, testbed::kTeamWords}},
                  .role = aisp::Role::activation,
                  .distribution = aisp::Distribution::integers(0, 1'000'000'000'000)}},
      .outputs = {{.tensor =
                       aisp::Tensor{.name = "hash", .dtype = aisp::Dtype::int32, .shape = {2}},
                   .tolerance = aisp::Tolerance::exact()}},
      .reference =
          [](const aisp::Inputs& in, const aisp::Expected& expected) {
            const auto words = in[0].as<std::int64_t>();
            for (std::size_t block = 0; block < 2; ++block)
              expected.integer(0)[block] =
                  testbed::chain(words.data() + block * testbed::kTeamWords, testbed::kTeamWords);
          },
      .validate = aisp::no_invariants,
      .work =
          aisp::Work{.flops = 4.0 * testbed::kTeamWords, .bytes = 16.0 * testbed::kTeamWords + 8},
      .goal = aisp::Goal::speed,
  };
}

}  // namespace

AISP_PROBLEM(make);
