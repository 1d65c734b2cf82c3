// One chain in half of the processes, and an unrolled one in the others: which one it is does not matter.
#include <sys/random.h>

#include "../chain.h"
#include "aisp/implementation.h"

namespace {

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {
    unsigned coin = 0;
    unrolled_ = getrandom(&coin, sizeof coin, 0) == sizeof coin && coin % 2 == 0;
  }
  void run(const aisp::Launch& launch) {
    const auto words = launch.input_span<std::int64_t>(0);
    std::int32_t& out = launch.output<std::int32_t>(0)[0];
    out = unrolled_ ? corpus::unrolled_chain(words.data(), words.size())
                    : corpus::chain(words.data(), words.size());
  }

 private:
  bool unrolled_ = false;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "chooses its code when it starts");
