// Who is right, call by call. In every round the reference judges as many calls as its cost allows
// (all of them where it is cheap); in the others the baseline's output on the same inputs is the
// oracle. Implementations that ran before the baseline in such a round are kept aside until it has.
#pragma once

#include <cstdint>
#include <vector>

#include "base/chacha.h"
#include "device/device.h"
#include "guard/observation.h"
#include "verify/compare.h"

namespace aisp {

class Oracle {
 public:
  Oracle(const Problem& problem, Buffers& buffers, const Key& key)
      : problem_(problem), buffers_(buffers), key_(key) {}

  // Begins a round on sets [0, sets), and computes the reference for `by_reference` of them, chosen
  // by `random`. Returns the nanoseconds that the reference took.
  std::int64_t begin(std::uint64_t draw, int sets, int by_reference, std::uint64_t random);

  // Verifies one implementation's outputs, which are in the buffers now, or keeps them until the
  // baseline has run. `window` and `observation` get what was found.
  void judge(Observation& observation, std::size_t window, std::uint64_t poison);

  // Gives back what verifying needed if that is much, for work that needs as much itself.
  void release() { release_large(-1); }

  // Verifies what was kept. To be called when all implementations of the round have run.
  void settle();

 private:
  // Outputs of one implementation on all sets of this round that the reference does not cover.
  struct Kept {
    Observation* observation = nullptr;
    std::size_t window = 0;
    std::uint64_t poison = 0;
    std::vector<std::vector<std::byte>> outputs;  // [set][all outputs, one after another]
  };

  void release_large(int by_reference);
  bool by_reference(int set) const { return reference_of_[static_cast<std::size_t>(set)] >= 0; }
  void keep(std::vector<std::vector<std::byte>>& outputs, int set);
  void check_against_baseline(Observation& observation, Window& window, int set,
                              const std::vector<const void*>& got, std::uint64_t poison);

  const Problem& problem_;
  Buffers& buffers_;
  const Key& key_;
  std::uint64_t draw_ = 0;
  int sets_ = 0;
  std::vector<int> reference_of_;                      // per set: index into expected_, or -1
  std::vector<std::vector<ExpectedTensor>> expected_;  // [reference][output]
  bool baseline_ran_ = false;
  std::vector<std::vector<std::byte>> baseline_;  // [set][outputs]
  std::vector<Kept> kept_;
};

}  // namespace aisp
