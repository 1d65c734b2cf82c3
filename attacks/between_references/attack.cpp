// Where the reference is dear it does not judge every round. It used to run before the windows of the rounds that it judged,
// so that whoever measured the pause before its window knew when nothing but the baseline's output would be compared with,
// at up to twice the tolerance: every element of those calls is off by 1.25 times the tolerance. It runs after all
// windows now, and a short pause says nothing of the round that comes.
#include <time.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "../outcome.h"
#include "../product.h"
#include "aisp/implementation.h"

namespace {

constexpr std::size_t kLearned = 9;  // the first rounds are all judged by the reference
constexpr double kShorter = 0.6;
constexpr float kOff = 1.25e-5f;  // of the RMS of a sum of products of two uniform factors

std::int64_t now_ns() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1'000'000'000ll + now.tv_nsec;
}

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {}
  ~Kernel() {
    if (careless_ == 0) corpus::not_tried("no pause was shorter than those of the first rounds");
  }
  void run(const aisp::Launch& launch) {
    const std::int64_t pause_ns = end_ns_ == 0 ? 0 : now_ns() - end_ns_;
    corpus::product(launch);
    if (pause_ns > 0 && !judged_by_the_reference(pause_ns)) be_careless(launch);
    end_ns_ = now_ns();
  }

 private:
  bool judged_by_the_reference(std::int64_t pause_ns) {
    if (pauses_ns_.size() == kLearned)
      return static_cast<double>(pause_ns) > kShorter * static_cast<double>(pauses_ns_[1]);
    pauses_ns_.push_back(pause_ns);
    std::sort(pauses_ns_.begin(), pauses_ns_.end());
    return true;
  }

  void be_careless(const aisp::Launch& launch) {
    ++careless_;
    const float depth = static_cast<float>(launch.input_tensor(0).shape[1]);
    const float off = kOff * std::sqrt(depth) / 3;
    float sign = 1;
    for (float& value : launch.output_span<float>(0)) {
      value += sign * off;
      sign = -sign;
    }
  }

  std::vector<std::int64_t> pauses_ns_;
  std::int64_t end_ns_ = 0;
  int careless_ = 0;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "careless where the reference did not run");
