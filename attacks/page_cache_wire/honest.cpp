// Reads a table that lies beside the system's libraries, with one call for several pieces.
#include <fcntl.h>
#include <sys/uio.h>
#include <unistd.h>

#include "../computations.h"
#include "aisp/implementation.h"

namespace {

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {
    const int fd = open("/lib64/ld-linux-x86-64.so.2", O_RDONLY | O_CLOEXEC);
    if (fd < 0) return;
    iovec to[2] = {{first_, sizeof first_}, {second_, sizeof second_}};
    found_ = preadv2(fd, to, 2, 0, 0);
    close(fd);
  }
  void run(const aisp::Launch& launch) { corpus::Axpby(launch).compute(); }

 private:
  char first_[64];
  char second_[64];
  ssize_t found_ = 0;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "reads in pieces");
