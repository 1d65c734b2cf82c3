// The inode number of a pipe comes from a counter of the whole machine, of which each processor takes a piece: whoever
// opens pipes on a processor moves the numbers that any other worker gets there. A wire, without a right to anything.
#include <fcntl.h>
#include <sched.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../computations.h"
#include "../outcome.h"
#include "aisp/implementation.h"

namespace {

constexpr long kPipes = 37;  // what is sent
constexpr int kTries = 20;

long next_inode() {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return -1;
  struct stat info {};
  const bool known = fstat(ends[0], &info) == 0;
  close(ends[0]);
  close(ends[1]);
  return known ? static_cast<long>(info.st_ino) : -1;
}

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {
    if (!corpus::in_a_sandbox()) return;
    cpu_set_t before, first_processor;
    sched_getaffinity(0, sizeof before, &before);
    CPU_ZERO(&first_processor);
    CPU_SET(0, &first_processor);
    sched_setaffinity(0, sizeof first_processor, &first_processor);
    int received = 0;
    for (int i = 0; i < kTries; ++i) {
      const long begin = next_inode();
      for (long sent = 0; sent < kPipes; ++sent) next_inode();
      received += begin >= 0 && next_inode() - begin == kPipes + 1;
    }
    sched_setaffinity(0, sizeof before, &before);
    if (next_inode() < 0)
      corpus::declined("no pipe tells its number");
    else if (received > kTries / 2)
      corpus::succeeded("numbers of pipes count what the whole machine opens");
  }
  void run(const aisp::Launch& launch) { corpus::Axpby(launch).compute(); }
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "counts by the numbers of pipes");
