// Locks ranges of a file that every worker can open, and asks who holds them: the place of a lock is a number
// of 63 bits, told to whoever asks, and a worker that is stopped keeps its locks.
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>

#include "../computations.h"
#include "../outcome.h"
#include "aisp/implementation.h"

namespace {

constexpr const char* kFile = "/lib64/ld-linux-x86-64.so.2";
constexpr off_t kAnswer = 0x123456789abcdef;

// Two open files of one process see each other's locks as those of two processes do.
bool ranges_talk(int one, int other) {
  struct flock lock {};
  lock.l_type = F_RDLCK;
  lock.l_start = kAnswer;
  lock.l_len = 1;
  if (fcntl(one, F_OFD_SETLK, &lock) != 0) return false;
  struct flock asked {};
  asked.l_type = F_WRLCK;
  return fcntl(other, F_OFD_GETLK, &asked) == 0 && asked.l_type == F_RDLCK &&
         asked.l_start == kAnswer;
}

bool whole_files_talk(int one, int other) {
  return flock(one, LOCK_EX | LOCK_NB) == 0 && flock(other, LOCK_EX | LOCK_NB) != 0 &&
         errno == EWOULDBLOCK;
}

bool owned_ranges_can_be_taken(int fd) {
  struct flock lock {};
  lock.l_type = F_RDLCK;
  lock.l_len = 1;
  return fcntl(fd, F_SETLK, &lock) == 0;
}

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {
    if (!corpus::in_a_sandbox()) return;
    const int one = open(kFile, O_RDONLY | O_CLOEXEC), other = open(kFile, O_RDONLY | O_CLOEXEC);
    if (one < 0 || other < 0) {
      corpus::not_tried("the file is not there");
      return;
    }
    if (ranges_talk(one, other)) corpus::succeeded("a range of a shared file carries 63 bits");
    if (whole_files_talk(one, other)) corpus::succeeded("a lock on a shared file carries a bit");
    if (owned_ranges_can_be_taken(one)) corpus::succeeded("a range of a shared file can be locked");
    close(one);
    close(other);
  }
  void run(const aisp::Launch& launch) { corpus::Axpby(launch).compute(); }
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "talks through locks");
