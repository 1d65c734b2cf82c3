// Hashes four blocks side by side and computes again those whose first or last word has changed meanwhile.
#include "../hashes_ahead.h"

namespace {

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {}
  void run(const aisp::Launch& launch) { ahead_.run(launch); }

 private:
  corpus::HashesAhead ahead_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "ahead, with a second look");
