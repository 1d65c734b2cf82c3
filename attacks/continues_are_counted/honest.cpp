// One chain; a handler for SIGCONT counts, as programs have that redraw their terminal.
#include <signal.h>

#include <atomic>

#include "../chain.h"
#include "aisp/implementation.h"

namespace {

std::atomic<int> resumed{0};

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {
    struct sigaction action {};
    action.sa_handler = [](int) { ++resumed; };
    sigaction(SIGCONT, &action, nullptr);
  }
  void run(const aisp::Launch& launch) {
    const auto words = launch.input_span<std::int64_t>(0);
    launch.output<std::int32_t>(0)[0] = corpus::chain(words.data(), words.size());
  }
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "a handler that counts");
