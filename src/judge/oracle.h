// Who is right, call by call. In every round the reference judges as many calls as its cost allows
// (all of them where it is cheap); in the others the baseline's output on the same inputs is the
// oracle. Implementations that ran before the baseline in such a round are kept aside until it has.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/chacha.h"
#include "device/device.h"
#include "guard/observation.h"
#include "verify/golden.h"
#include "verify/verifier.h"

namespace aisp {

class Oracle {
 public:
  // `golden`: kept reference outputs of this key; null = none are kept.
  Oracle(const Problem& problem, Buffers& buffers, Verifier& verifier, const Key& key,
         GoldenStore* golden = nullptr)
      : problem_(problem), buffers_(buffers), verifier_(verifier), key_(key), golden_(golden) {}

  // Begins a round on sets [0, sets), and computes the reference for `by_reference` of them, chosen
  // by `random`. Returns the nanoseconds that the reference took. `as_drawn`: inputs are those of the
  // draw, so that kept outputs are theirs.
  std::int64_t begin(std::uint64_t draw, int sets, int by_reference, std::uint64_t random,
                     bool as_drawn = true);

  // Verifies one implementation's outputs, which are in the buffers now, or keeps them until the
  // baseline has run. `window` and `observation` get what was found.
  void judge(Observation& observation, std::size_t window, std::uint64_t poison);

  // Gives back what verifying needed if that is much, for work that needs as much itself.
  void release() { release_large(-1); }

  // Which of `sets`' outputs, as they are in the buffers now, are right by the reference for the inputs
  // that are there now, drawn as `draw`. Between rounds only.
  std::vector<bool> right(std::uint64_t draw, std::span<const int> sets, std::uint64_t poison);

  // Verifies what was kept. To be called when all implementations of the round have run.
  void settle();

 private:
  // One implementation's outputs on the sets of this round that the reference does not cover.
  struct Kept {
    Observation* observation = nullptr;
    std::size_t window = 0;
    std::uint64_t poison = 0;
    Verifier::Store store = 0;
  };
  static constexpr Verifier::Store kBaseline = 0;  // others follow it

  void release_large(int by_reference);
  void check_against_baseline(Observation& observation, Window& window, Verifier::Store got,
                              std::uint64_t poison);
  std::string violated_invariant(int set);

  const Problem& problem_;
  Buffers& buffers_;
  Verifier& verifier_;
  const Key& key_;
  GoldenStore* golden_;
  std::uint64_t draw_ = 0;
  int sets_ = 0;
  std::vector<int>
      referenced_;  // sets that the reference judges; slot i is that of referenced_[i] …
  std::vector<int> slots_;
  std::vector<int> others_;  // … and the rest
  bool baseline_ran_ = false;
  std::vector<Kept> kept_;
  // The largest share of the tolerance that the baseline has used where the reference judged it; -1: unknown.
  double baseline_used_ = -1;
};

}  // namespace aisp
