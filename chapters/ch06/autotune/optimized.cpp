// Setup multiplies matrices of the shape that is wanted with every tile of a small grid, and keeps the
// fastest. Setup sees shapes and no values; what it costs is in the report.
#include <chrono>
#include <vector>

#include "cache_tiles.h"

namespace {

using aisp::ch06::GemmShape;
using aisp::ch06::TileShape;

constexpr int kRepetitions = 3;

class Optimized {
 public:
  explicit Optimized(const aisp::Launch& launch) : shape_(aisp::ch06::gemm_shape(launch)) {
    const std::vector<float> a(static_cast<std::size_t>(shape_.m * shape_.k), 0.5f);
    const std::vector<float> b(static_cast<std::size_t>(shape_.k * shape_.n), 0.5f);
    std::vector<float> c(static_cast<std::size_t>(shape_.m * shape_.n));
    auto best = std::chrono::steady_clock::duration::max();
    for (const std::int64_t rows : {8, 24, 48, 96})
      for (const std::int64_t columns : {64, 128, 256, 512})
        for (const std::int64_t depth : {16, 32, 64, 128})
          for (int i = 0; i < kRepetitions; ++i) {
            const TileShape tile{rows, columns, depth};
            const auto begin = std::chrono::steady_clock::now();
            aisp::ch06::tiled_gemm(tile, shape_, a.data(), b.data(), c.data());
            const auto took = std::chrono::steady_clock::now() - begin;
            if (took >= best) continue;
            best = took;
            tile_ = tile;
          }
  }

  void run(const aisp::Launch& launch) {
    aisp::ch06::tiled_gemm(tile_, shape_, launch.input<float>(0), launch.input<float>(1),
                           launch.output<float>(0));
  }

 private:
  GemmShape shape_;
  TileShape tile_{64, 64, 64};
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Optimized, "the fastest of 64 tiles, measured in setup");
