// Three passes, as one writes it down: all scores, the softmax of each row, the weighted sums. Each is
// parallel, with tiles in registers or vectorized. The scores are written, read and written again, and
// read.
#include <aisp/aisp.h>

#include <algorithm>
#include <cstdint>

#include "attention_rows.h"

namespace {

class Baseline {
 public:
  explicit Baseline(const aisp::Launch& launch)
      : attention_(launch), scores_(attention_.heads() * attention_.keys() * attention_.keys()) {}

  void run(const aisp::Launch& launch) {
    const float* q = launch.input<float>(0);
    const float* v = launch.input<float>(2);
    float* o = launch.output<float>(0);
    const std::int64_t heads = attention_.heads(), keys = attention_.keys();
    const std::int64_t rows = attention_.rows(), blocks = attention_.blocks();
    const sdpa::Softmax softmax = sdpa::softmax();
    attention_.pack_keys(launch.input<float>(1));
#pragma omp parallel for collapse(2) schedule(static)
    for (std::int64_t head = 0; head < heads; ++head)
      for (std::int64_t block = 0; block < blocks; ++block) {
        const std::int64_t i = head * keys + block * rows;
        attention_.scores(head, std::min(rows, keys - block * rows), q + i * sdpa::kDepth, 0, keys,
                          scores_.data() + i * keys, keys);
      }
#pragma omp parallel for schedule(static)
    for (std::int64_t i = 0; i < heads * keys; ++i) {
      float* row = scores_.data() + i * keys;
      const float top = softmax.maximum(keys, row, row[0]);
      const float sum = softmax.exponentials(keys, attention_.scale(), top, row);
      softmax.scale(keys, 1 / sum, row);
    }
#pragma omp parallel for collapse(2) schedule(static)
    for (std::int64_t head = 0; head < heads; ++head)
      for (std::int64_t block = 0; block < blocks; ++block) {
        const std::int64_t i = head * keys + block * rows;
        attention_.weighted_sums(std::min(rows, keys - block * rows), scores_.data() + i * keys,
                                 keys, keys, v + head * keys * sdpa::kDepth, o + i * sdpa::kDepth);
      }
  }

 private:
  sdpa::Attention attention_;
  aisp::kernels::AlignedBuffer<float> scores_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Baseline, "three passes, all scores in memory");
