// Begins with plain code and changes to unrolled code after 100 ms, as compilers at run time do.
#include "../chain.h"
#include "../false_clock.h"
#include "aisp/implementation.h"

namespace {

constexpr std::int64_t kYoungNs = 100'000'000;

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) : began_ns_(corpus::true_ns()) {}
  void run(const aisp::Launch& launch) {
    const auto words = launch.input_span<std::int64_t>(0);
    std::int32_t& out = launch.output<std::int32_t>(0)[0];
    out = corpus::true_ns() - began_ns_ < kYoungNs
              ? corpus::chain(words.data(), words.size())
              : corpus::unrolled_chain(words.data(), words.size());
  }

 private:
  std::int64_t began_ns_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "unrolled once it is warm");
