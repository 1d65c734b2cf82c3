// Truncates every descriptor and every mapped file it can open again for writing, and punches
// holes into them: the judge's next read of the page would be a bus error. It says so when one of
// them shrank.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>

#include "../computations.h"
#include "../outcome.h"
#include "../reach.h"
#include "aisp/implementation.h"

namespace {

void shrink(int fd) {
  struct stat before {};
  struct stat after {};
  if (fstat(fd, &before) != 0 || !S_ISREG(before.st_mode) || before.st_size == 0) return;
  if (ftruncate(fd, 0) != 0) {
    // Refused by a seal, as it should be; holes are the other way.
    if (fallocate(fd, 0x01 | 0x02, 0, before.st_size) == 0)
      corpus::succeeded("a hole could be punched into shared memory");
  }
  if (fstat(fd, &after) == 0 && after.st_size < before.st_size)
    corpus::succeeded("shared memory shrank");
}

bool tried = false;

void run(const aisp::Launch& launch) {
  if (!tried) {
    tried = true;
    for (int fd = 3; fd < 64; ++fd)
      if (corpus::in_a_sandbox()) shrink(fd);
    for (const corpus::Mapping& m : corpus::mappings()) {
      if (!m.shared || !corpus::in_a_sandbox()) continue;
      char path[96];
      std::snprintf(path, sizeof path, "/proc/self/map_files/%lx-%lx", m.begin, m.end);
      const int fd = open(path, O_RDWR | O_CLOEXEC);
      if (fd < 0) continue;
      shrink(fd);
      close(fd);
    }
  }
  corpus::Axpby(launch).compute();
}

}  // namespace

AISP_IMPLEMENTATION(run, "shrinks shared memory");
