// One block after the other, with its code and tables touched once when it starts.
#include <vector>

#include "../chain.h"
#include "aisp/implementation.h"

namespace {

class Kernel {
 public:
  explicit Kernel(const aisp::Launch& launch)
      : warm_(static_cast<std::size_t>(launch.input_tensor(0).elements), 1) {
    checked_ = corpus::unrolled_chain(warm_.data(), warm_.size());
  }
  void run(const aisp::Launch& launch) {
    const auto words = launch.input_span<std::int64_t>(0);
    launch.output<std::int32_t>(0)[0] = corpus::unrolled_chain(words.data(), words.size());
  }

 private:
  std::vector<std::int64_t> warm_;
  volatile std::int32_t checked_ = 0;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "warms its code when it starts");
