// Looks at outputs where they lie: on the host, or in a device's memory. One implementation for each
// kind of buffers; what is compared with what is the judge's decision (judge/oracle.h).
//
// Sets are the buffers of one call each. Statistics are those of verify/compare.h, one CompareStats
// for each output of the problem.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "device/device.h"
#include "verify/compare.h"

namespace aisp {

class Verifier {
 public:
  using SetStats = std::vector<CompareStats>;  // [output]
  // Names a copy of outputs: as many as the judge needs at the same time, counted from 0.
  using Store = int;
  static constexpr Store kInBuffers = -1;  // no copy: what is in the buffers now

  virtual ~Verifier() = default;

  // Lends the place where the reference writes what is right for `slot`, [output]; done() takes it.
  virtual std::vector<ExpectedTensor>& expected(int slot) = 0;
  virtual void expected_done(int slot) = 0;
  // sets[i]'s outputs in `got` against slots[i].
  virtual std::vector<SetStats> compare_expected(Store got, std::span<const int> sets,
                                                 std::span<const int> slots,
                                                 std::uint64_t poison_word) = 0;

  // Copies the outputs of `sets` into `store`, in place of what it held of them.
  virtual void keep(Store store, std::span<const int> sets) = 0;
  // Outputs of `sets` in `got` against those in `want`, at `factor` times the tolerance.
  virtual std::vector<SetStats> compare_kept(Store got, Store want, std::span<const int> sets,
                                             double factor, std::uint64_t poison_word) = 0;

  // For each of sets [0, sets): the first byte of bands and gaps that is not poison.
  virtual std::vector<std::optional<Damage>> find_damage(int sets, std::uint64_t poison_word) = 0;

  // Gives memory back: expected values, and stores from `first` on.
  virtual void release_expected() = 0;
  virtual void release_stores(Store first) = 0;
};

// For whatever kind of buffers these are.
std::unique_ptr<Verifier> make_verifier(const Problem& problem, Buffers& buffers);
std::unique_ptr<Verifier> make_host_verifier(const Problem& problem, Buffers& buffers);

// `factor` times the tolerance: two right answers may each be off by it, in opposite directions.
Tolerance scaled(const Tolerance& tolerance, double factor);
// Sizes for what the reference writes.
void allocate_expected(const Problem& problem, std::vector<ExpectedTensor>& expected);

}  // namespace aisp
