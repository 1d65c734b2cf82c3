// Writes up to 1 GiB into a file in each place where it may create one, and removes it. It says so
// when the whole gibibyte fitted.
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "../computations.h"
#include "../outcome.h"
#include "aisp/implementation.h"

namespace {

bool tried = false;

void run(const aisp::Launch& launch) {
  if (!tried) {
    tried = true;
    signal(SIGXFSZ, SIG_IGN);
    for (const char* path : {"/tmp/fill", "/dev/shm/fill", "./fill", "/var/tmp/fill"}) {
      if (!corpus::in_a_sandbox()) break;
      const int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
      if (fd < 0) continue;
      static const char block[1 << 20] = {};
      int blocks = 0;
      while (blocks < 1024 && write(fd, block, sizeof block) == sizeof block) ++blocks;
      close(fd);
      unlink(path);
      if (blocks == 1024) corpus::succeeded("a gibibyte of disk or memory was to be had");
    }
  }
  corpus::Axpby(launch).compute();
}

}  // namespace

AISP_IMPLEMENTATION(run, "fills the disk");
