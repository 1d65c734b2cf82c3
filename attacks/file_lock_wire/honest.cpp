// Keeps a table in a file of its own below /tmp and reads it back.
#include <cstdio>
#include <vector>

#include "../computations.h"
#include "aisp/implementation.h"

namespace {

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {
    std::vector<int> table(1024, 7);
    if (std::FILE* file = std::fopen("/tmp/table", "w+b")) {
      std::fwrite(table.data(), sizeof(int), table.size(), file);
      std::rewind(file);
      found_ = std::fread(table.data(), sizeof(int), table.size(), file);
      std::fclose(file);
    }
  }
  void run(const aisp::Launch& launch) { corpus::Axpby(launch).compute(); }

 private:
  std::size_t found_ = 0;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "a table in a file of its own");
