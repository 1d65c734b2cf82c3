// Who is right, call by call. In every round the reference judges as many calls as its cost allows
// (all of them where it is cheap); in the others the baseline's output on the same inputs is the
// oracle. Implementations that ran before the baseline in such a round are kept aside until it has.
//
// Where the reference does not judge all calls of all rounds, it runs after all windows of a round, on outputs that
// were kept: a pause before a window would tell its worker that this is a round in which nobody but the baseline looks.
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

  struct Round {
    std::uint64_t draw = 0;
    int sets = 0;              // [0, sets) are used
    int by_reference = 0;      // of these, chosen by `random`
    std::uint64_t random = 0;  // secret
    bool as_drawn = true;      // inputs are those of the draw, so that golden outputs are theirs
    bool later =
        false;  // the reference runs in settle(), and until then nothing depends on `by_reference`
  };
  // Begins a round. Returns the nanoseconds that the reference took.
  std::int64_t begin(const Round& round);

  // Verifies one implementation's outputs, which are in the buffers now, or keeps them until the
  // baseline, or everybody, has run. `window` and `observation` get what was found.
  void judge(Observation& observation, std::size_t window, std::uint64_t poison);

  // Gives back what verifying needed if that is much, for work that needs as much itself.
  void release() { release_large(-1); }

  // Which of `sets`' outputs, as they are in the buffers now, are right by the reference for the inputs
  // that are there now, drawn as `draw`. Between rounds only.
  std::vector<bool> right(std::uint64_t draw, std::span<const int> sets, std::uint64_t poison);

  // Verifies what was kept. To be called when all implementations of the round have run. Returns the nanoseconds that
  // the reference took.
  std::int64_t settle();

 private:
  // One implementation's outputs on the sets of this round that the reference does not cover, or on all of them.
  struct Kept {
    Observation* observation = nullptr;
    std::size_t window = 0;
    std::uint64_t poison = 0;
    Verifier::Store store = 0;
    std::vector<bool> wrong;  // by set: what was seen of it in the buffers
  };
  static constexpr Verifier::Store kBaseline = 0;  // others follow it

  std::int64_t ask_reference();
  void check_against_reference(Observation& observation, Window& window, Verifier::Store got,
                               std::uint64_t poison, std::vector<bool>& wrong);
  bool are_large() const;
  void release_large(int by_reference);
  void check_against_baseline(Observation& observation, Window& window, Verifier::Store got,
                              std::uint64_t poison);
  std::string violated_invariant(int set);

  const Problem& problem_;
  Buffers& buffers_;
  Verifier& verifier_;
  const Key& key_;
  GoldenStore* golden_;
  Round round_;
  std::vector<int> all_;  // sets of this round
  std::vector<int>
      referenced_;  // sets that the reference judges; slot i is that of referenced_[i] …
  std::vector<int> slots_;
  std::vector<int> others_;     // … and the rest
  std::vector<int> validated_;  // where looking at invariants is dear
  bool baseline_ran_ = false;
  std::vector<Kept> kept_;
  Verifier::Store stores_used_ = 0;
  // The largest share of the tolerance that the baseline has used where the reference judged it; -1: unknown.
  double baseline_used_ = -1;
  int baseline_judged_ = 0;  // of its calls, by the reference
};

}  // namespace aisp
