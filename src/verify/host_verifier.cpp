#include "base/parallel.h"
#include "verify/verifier.h"

namespace aisp {

namespace {

class HostVerifier final : public Verifier {
 public:
  HostVerifier(const Problem& problem, Buffers& buffers) : problem_(problem), buffers_(buffers) {}

  std::vector<ExpectedTensor>& expected(int slot) override {
    if (expected_.size() <= as_size(slot)) expected_.resize(as_size(slot) + 1);
    auto& tensors = expected_[as_size(slot)];
    if (tensors.empty()) allocate_expected(problem_, tensors);
    return tensors;
  }
  void expected_done(int) override {}

  std::vector<SetStats> compare_expected(Store got, std::span<const int> sets,
                                         std::span<const int> slots, std::uint64_t word) override {
    std::vector<SetStats> stats(sets.size());
    for_each(sets.size(), [&](std::size_t i) {
      const auto have = outputs(got, sets[i]);
      const auto& want = expected_[as_size(slots[i])];
      for (std::size_t o = 0; o < have.size(); ++o)
        stats[i].push_back(compare(problem_.outputs[o].tensor, problem_.outputs[o].tolerance,
                                   have[o], want[o], word));
    });
    return stats;
  }

  void keep(Store store, std::span<const int> sets) override {
    if (stores_.size() <= as_size(store)) stores_.resize(as_size(store) + 1);
    auto& kept = stores_[as_size(store)];
    for (const int set : sets) {
      if (kept.size() <= as_size(set)) kept.resize(as_size(set) + 1);
      auto& bytes = kept[as_size(set)];
      bytes.clear();
      for (const TensorView& view : buffers_.output_views(set)) {
        const auto* begin = static_cast<const std::byte*>(view.data);
        bytes.insert(bytes.end(), begin, begin + view.tensor->storage_bytes());
      }
    }
  }

  std::vector<SetStats> compare_kept(Store got, Store want, std::span<const int> sets,
                                     double factor, std::uint64_t word) override {
    std::vector<SetStats> stats(sets.size());
    for_each(sets.size(), [&](std::size_t i) {
      const auto have = outputs(got, sets[i]);
      const auto right = outputs(want, sets[i]);
      for (std::size_t o = 0; o < have.size(); ++o)
        stats[i].push_back(compare_same(problem_.outputs[o].tensor,
                                        scaled(problem_.outputs[o].tolerance, factor), have[o],
                                        right[o], word));
    });
    return stats;
  }

  std::vector<std::optional<Damage>> find_damage(int sets, std::uint64_t word) override {
    std::vector<std::optional<Damage>> damage(as_size(sets));
    for_each(damage.size(),
             [&](std::size_t i) { damage[i] = buffers_.find_damage(static_cast<int>(i), word); });
    return damage;
  }

  void release_expected() override { expected_ = {}; }
  void release_stores(Store first) override {
    if (as_size(first) < stores_.size()) stores_.resize(as_size(first));
  }

 private:
  static std::size_t as_size(int n) { return static_cast<std::size_t>(n); }

  // Large tensors are parallel inside compare(); small sets are shared out among cores.
  template <class F>
  void for_each(std::size_t n, const F& f) const {
    if (buffers_.layout().set_bytes() >= (1u << 20) || n < 2) {
      for (std::size_t i = 0; i < n; ++i) f(i);
      return;
    }
    parallel_for(n, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) f(i);
    });
  }

  // Element 0 of each output.
  std::vector<const void*> outputs(Store store, int set) const {
    std::vector<const void*> at;
    if (store == kInBuffers) {
      for (const TensorView& view : buffers_.output_views(set)) at.push_back(view.data);
      return at;
    }
    const std::byte* next = stores_[as_size(store)][as_size(set)].data();
    for (const Output& output : problem_.outputs) {
      at.push_back(next);
      next += output.tensor->storage_bytes();
    }
    return at;
  }

  const Problem& problem_;
  Buffers& buffers_;
  std::vector<std::vector<ExpectedTensor>> expected_;        // [slot][output]
  std::vector<std::vector<std::vector<std::byte>>> stores_;  // [store][set], all outputs in a row
};

}  // namespace

std::unique_ptr<Verifier> make_host_verifier(const Problem& problem, Buffers& buffers) {
  return std::make_unique<HostVerifier>(problem, buffers);
}

}  // namespace aisp
