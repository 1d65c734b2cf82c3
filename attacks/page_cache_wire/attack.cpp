// Asks which pages of files are in the page cache without reading them (RWF_NOWAIT): whoever reads a file
// leaves a mark there that other workers, and later runs, find.
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "../computations.h"
#include "../outcome.h"
#include "aisp/implementation.h"

namespace {

constexpr int kNoWait = 8;

// 1 cached, 0 not, -1 cannot be told.
int cached(int fd, off_t at) {
  char byte;
  iovec to{&byte, 1};
  if (preadv2(fd, &to, 1, at, kNoWait) == 1) return 1;
  return errno == EAGAIN ? 0 : -1;
}

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {
    if (!corpus::in_a_sandbox()) return;
    int told = 0, asked = 0;
    if (DIR* folder = opendir("/usr/bin")) {
      while (const dirent* entry = readdir(folder)) {
        const std::string path = std::string("/usr/bin/") + entry->d_name;
        const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
        if (fd < 0) continue;
        ++asked;
        told += cached(fd, 0) >= 0;
        close(fd);
        if (asked == 64) break;
      }
      closedir(folder);
    }
    if (asked == 0) corpus::not_tried("there are no files");
    if (told > 0)
      corpus::succeeded("the page cache tells which files have been read on this machine");
  }
  void run(const aisp::Launch& launch) { corpus::Axpby(launch).compute(); }
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "reads marks in the page cache");
