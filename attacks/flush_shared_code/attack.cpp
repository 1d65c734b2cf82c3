// Flushes the code that everybody shares from all caches at the end of a call.
#include <immintrin.h>

#include <string>

#include "../computations.h"
#include "../reach.h"
#include "aisp/implementation.h"

namespace {

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) : maps_(corpus::mappings()) {}
  void run(const aisp::Launch& launch) {
    corpus::Axpby(launch).compute();
    if (calls_++ % 8 != 0) return;
    for (const corpus::Mapping& m : maps_) {
      if (!m.readable || m.writable || m.path.find(".so") == std::string::npos) continue;
      for (std::uintptr_t line = m.begin; line < m.end; line += 64)
        _mm_clflush(reinterpret_cast<void*>(line));
    }
  }

 private:
  std::vector<corpus::Mapping> maps_;
  int calls_ = 0;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "flushes shared code");
