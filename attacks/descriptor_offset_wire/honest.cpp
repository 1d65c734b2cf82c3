// Keeps a file of its own open, and reads from it at places that it chooses.
#include <fcntl.h>
#include <unistd.h>

#include "../computations.h"
#include "aisp/implementation.h"

namespace {

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) : fd_(open("/proc/self/maps", O_RDONLY | O_CLOEXEC)) {}
  ~Kernel() {
    if (fd_ >= 0) close(fd_);
  }
  void run(const aisp::Launch& launch) {
    if (fd_ >= 0) lseek(fd_, 0, SEEK_SET);
    corpus::Axpby(launch).compute();
  }

 private:
  int fd_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "moves in a file of its own");
