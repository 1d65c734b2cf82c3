// Doubles x as the hostile module does, and writes beyond all outputs in setup, which is no window.
#include <cstdint>
#include <cstdio>
#include <cstring>

#include "aisp/implementation.h"

namespace {

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {
    std::FILE* maps = std::fopen("/proc/self/maps", "r");
    char line[512];
    while (maps != nullptr && std::fgets(line, sizeof line, maps) != nullptr) {
      unsigned long begin = 0, end = 0;
      if (std::strstr(line, "aisp-outputs") != nullptr &&
          std::sscanf(line, "%lx-%lx", &begin, &end) == 2)
        std::memset(reinterpret_cast<void*>(end - 64), 0x5a, 64);
    }
    if (maps != nullptr) std::fclose(maps);
  }
  void run(const aisp::Launch& launch) {
    const auto x = launch.input_span<float>(0);
    const auto out = launch.output_span<float>(0);
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = 2 * x[i];
  }
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "doubles x, and leaves damage behind in setup");
