// Looks for files that are open from the judge: their place, 63 bits, and their flags are shared by all that were given
// the same one.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../computations.h"
#include "../outcome.h"
#include "aisp/implementation.h"

namespace {

constexpr int kFirst = 3, kMost = 1024;
constexpr off_t kSent = 0x123456789;

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {
    if (!corpus::in_a_sandbox()) return;
    for (int fd = kFirst; fd < kMost; ++fd) {
      if (lseek(fd, kSent, SEEK_SET) == kSent)
        corpus::succeeded("the place of a file that the judge has opened can be set");
      const int flags = fcntl(fd, F_GETFL);
      if (flags >= 0 && fcntl(fd, F_SETFL, flags ^ O_APPEND) == 0)
        corpus::succeeded("the flags of a file that the judge has opened can be set");
    }
    for (int fd = 0; fd < kFirst; ++fd) {
      struct stat info {};
      if (fstat(fd, &info) == 0 && S_ISREG(info.st_mode))
        corpus::succeeded("a standard stream is a file of the judge's");
    }
  }
  void run(const aisp::Launch& launch) { corpus::Axpby(launch).compute(); }
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "moves in what is open");
