// One pass: a few queries meet 256 keys at a time, and their scores (8 KiB) never leave the L1. The
// largest score so far and the sum of weights so far are kept; where a larger one comes, what has been
// summed is scaled down (online softmax). The products and loops are the baseline's.
#include <aisp/aisp.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

#include "attention_rows.h"

namespace {

constexpr std::int64_t kKeys = 256;  // at a time
constexpr std::int64_t kMaxRows = 8;

class Optimized {
 public:
  explicit Optimized(const aisp::Launch& launch) : attention_(launch) {}

  void run(const aisp::Launch& launch) {
    const float* q = launch.input<float>(0);
    const float* v = launch.input<float>(2);
    float* o = launch.output<float>(0);
    const std::int64_t heads = attention_.heads(), keys = attention_.keys();
    const std::int64_t rows = attention_.rows(), blocks = attention_.blocks();
    attention_.pack_keys(launch.input<float>(1));
#pragma omp parallel for collapse(2) schedule(static)
    for (std::int64_t head = 0; head < heads; ++head)
      for (std::int64_t block = 0; block < blocks; ++block) {
        const std::int64_t i = (head * keys + block * rows) * sdpa::kDepth;
        attend(head, std::min(rows, keys - block * rows), q + i, v + head * keys * sdpa::kDepth,
               o + i);
      }
  }

 private:
  void attend(std::int64_t head, std::int64_t rows, const float* q, const float* v,
              float* o) const {
    alignas(64) float scores[kMaxRows * kKeys], sums[kMaxRows * sdpa::kDepth],
        piece[kMaxRows * sdpa::kDepth];
    float top[kMaxRows], weight[kMaxRows], kept[kMaxRows];
    std::fill_n(top, kMaxRows, -std::numeric_limits<float>::infinity());
    std::fill_n(weight, kMaxRows, 0.0f);
    std::fill_n(sums, kMaxRows * sdpa::kDepth, 0.0f);
    const float scale = attention_.scale();
    for (std::int64_t first = 0; first < attention_.keys(); first += kKeys) {
      const std::int64_t n = std::min(kKeys, attention_.keys() - first);
      attention_.scores(head, rows, q, first, n, scores, kKeys);
      for (std::int64_t r = 0; r < rows; ++r) {
        float* row = scores + r * kKeys;
        const float before = top[r];
        top[r] = softmax_.maximum(n, row, before);
        kept[r] = std::exp(scale * (before - top[r]));  // 0 the first time
        weight[r] = weight[r] * kept[r] + softmax_.exponentials(n, scale, top[r], row);
      }
      attention_.weighted_sums(rows, scores, kKeys, n, v + first * sdpa::kDepth, piece);
      for (std::int64_t r = 0; r < rows; ++r)
        softmax_.scale_add(sdpa::kDepth, kept[r], piece + r * sdpa::kDepth,
                           sums + r * sdpa::kDepth);
    }
    for (std::int64_t r = 0; r < rows; ++r)
      softmax_.scale(sdpa::kDepth, 1 / weight[r], sums + r * sdpa::kDepth);
    std::copy_n(sums, rows * sdpa::kDepth, o);
  }

  sdpa::Attention attention_;
  sdpa::Softmax softmax_ = sdpa::softmax();
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Optimized, "one pass, online softmax, scores in the L1");
