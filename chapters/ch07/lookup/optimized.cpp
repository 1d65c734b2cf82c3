// Three passes over tiles of 65536 look-ups: each tile is sorted by region of the table, then region by
// region, over all tiles, indices are replaced by what the table has there, then each tile is brought back
// to the order of the look-ups. A region is 128 KiB and stays in the L2 while it is used; everything
// else goes along memory. 26 bytes for each look-up instead of a line and its page.
#include <aisp/aisp.h>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <vector>

namespace {

constexpr std::int64_t kTile = 1 << 16;
constexpr int kRegionBits = 15;  // of 2^15 floats

class Optimized {
 public:
  explicit Optimized(const aisp::Launch& launch)
      : n_(launch.input_tensor(1).shape[0]),
        tiles_((n_ + kTile - 1) / kTile),
        regions_(((launch.input_tensor(0).shape[0] - 1) >> kRegionBits) + 1),
        sorted_(static_cast<std::size_t>(n_)),
        place_(static_cast<std::size_t>(n_)),
        begins_(static_cast<std::size_t>(tiles_ * (regions_ + 1))) {}

  void run(const aisp::Launch& launch) {
    const float* table = launch.input<float>(0);
    const std::int32_t* index = launch.input<std::int32_t>(1);
    float* y = launch.output<float>(0);
#pragma omp parallel
    {
      std::vector<std::int32_t> next(static_cast<std::size_t>(regions_));
#pragma omp for schedule(static)
      for (std::int64_t tile = 0; tile < tiles_; ++tile) sort_tile(tile, index, next.data());
#pragma omp for schedule(dynamic)
      for (std::int64_t region = 0; region < regions_; ++region)
        for (std::int64_t tile = 0; tile < tiles_; ++tile) {
          const std::int32_t* run =
              &begins_[static_cast<std::size_t>(tile * (regions_ + 1) + region)];
          std::int32_t* here = sorted_.data() + tile * kTile;
          for (std::int32_t i = run[0]; i < run[1]; ++i)
            here[i] = std::bit_cast<std::int32_t>(table[here[i]]);
        }
#pragma omp for schedule(static)
      for (std::int64_t tile = 0; tile < tiles_; ++tile) {
        const std::int32_t* here = sorted_.data() + tile * kTile;
        for (std::int64_t i = tile * kTile; i < std::min(n_, (tile + 1) * kTile); ++i)
          y[i] = std::bit_cast<float>(here[place_[static_cast<std::size_t>(i)]]);
      }
    }
  }

 private:
  // By counting: how many of each region, where each begins, and each to its place.
  void sort_tile(std::int64_t tile, const std::int32_t* index, std::int32_t* next) {
    const std::int64_t begin = tile * kTile, end = std::min(n_, begin + kTile);
    std::fill_n(next, regions_, 0);
    for (std::int64_t i = begin; i < end; ++i) ++next[index[i] >> kRegionBits];
    std::int32_t* begins = &begins_[static_cast<std::size_t>(tile * (regions_ + 1))];
    std::int32_t sum = 0;
    for (std::int64_t r = 0; r < regions_; ++r) {
      begins[r] = sum;
      sum += next[r];
      next[r] = begins[r];
    }
    begins[regions_] = sum;
    for (std::int64_t i = begin; i < end; ++i) {
      const std::int32_t to = next[index[i] >> kRegionBits]++;
      sorted_[static_cast<std::size_t>(begin + to)] = index[i];
      place_[static_cast<std::size_t>(i)] = static_cast<std::uint16_t>(to);
    }
  }

  std::int64_t n_;
  std::int64_t tiles_;
  std::int64_t regions_;
  std::vector<std::int32_t> sorted_;
  std::vector<std::uint16_t> place_;
  std::vector<std::int32_t> begins_;  // of the regions in each tile, and its end
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Optimized, "look-ups sorted by region, region by region, brought back");
