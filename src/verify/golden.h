// Reference outputs kept on disk, for problems whose reference is what a verification spends its time on.
//
// Inputs come from a key that is drawn for each run, so a kept output is never asked for again, unless
// somebody gives the key: `--key`, as in a nightly check of many candidates against one target. An
// entry is good for one problem, device, key, call, and build of the reference. Its checksum is verified
// each time, what is no whole entry of ours is an error and never a miss, and now and then the
// reference is asked all the same: an entry that says something else
// (verify/agree.h) is an error, too.
//
// The checksum is against damage. Who can write these files can write wrong answers with right checksums.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include "aisp/problem.h"
#include "base/chacha.h"
#include "base/result.h"
#include "verify/compare.h"

namespace aisp {

// The store is damaged or contradicts the reference: nothing can be judged with it.
class GoldenFailure : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

// What outputs depend on, besides the call: in words, one line each.
std::string golden_identity(const Problem& problem, const std::string& device, const Key& key,
                            const std::string& reference_hash);

class GoldenStore {
 public:
  // `identity` of golden_identity(). `update`: nothing is read, everything is written anew.
  static Result<GoldenStore> open(const std::filesystem::path& folder, const Problem& problem,
                                  std::string identity, bool update);

  using Outputs = std::vector<ExpectedTensor>;
  // Fills `expected` (sized already) with what is right for a call: from the store, or by `compute`.
  // Throws GoldenFailure.
  void expect(std::uint64_t draw, int set, Outputs& expected, const std::function<void()>& compute);

  struct Counts {
    std::int64_t taken = 0;     // from the store
    std::int64_t checked = 0;   // of these, with the reference asked all the same
    std::int64_t made = 0;      // computed and written
    std::int64_t replaced = 0;  // of these, where an entry said something else (update only)
  };
  const Counts& counts() const { return counts_; }

  std::filesystem::path file_of(std::uint64_t draw, int set) const;

 private:
  GoldenStore(std::filesystem::path folder, const Problem& problem, std::string identity,
              bool update)
      : folder_(std::move(folder)),
        problem_(&problem),
        identity_(std::move(identity)),
        update_(update) {}
  std::string header(std::uint64_t draw, int set) const;
  Result<bool> load(std::uint64_t draw, int set, Outputs& expected) const;
  Status save(std::uint64_t draw, int set, const Outputs& expected) const;

  std::filesystem::path folder_;
  const Problem* problem_;
  std::string identity_;
  bool update_;
  Counts counts_;
};

struct GoldenCollected {
  std::int64_t removed = 0;
  std::uint64_t removed_bytes = 0;
  std::uint64_t kept_bytes = 0;
};
// Removes what was used longest ago until at most `most_bytes` are left, and drafts that were left
// over for a day. Files that are not ours stay.
Result<GoldenCollected> collect_golden(const std::filesystem::path& folder,
                                       std::uint64_t most_bytes);

}  // namespace aisp
