// Reads a file once, in setup.
#include <fstream>
#include <iterator>
#include <string>

#include "../computations.h"
#include "aisp/implementation.h"

namespace {

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {
    std::ifstream in("/usr/lib/os-release");
    text_.assign(std::istreambuf_iterator<char>(in), {});
  }
  void run(const aisp::Launch& launch) { corpus::Axpby(launch).compute(); }

 private:
  std::string text_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "reads a file in setup");
