// Walks /proc for processes other than itself and its threads, and tries to open their memory,
// maps and descriptors, to attach to them and to read them with process_vm_readv, the parent
// first. It computes honestly and says so when it got anywhere.
#include <dirent.h>
#include <fcntl.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "../computations.h"
#include "../outcome.h"
#include "aisp/implementation.h"

namespace {

void try_process(int pid) {
  if (pid <= 0) return;
  for (const char* part : {"mem", "maps", "environ", "fd/3", "fd/4"}) {
    char path[64];
    std::snprintf(path, sizeof path, "/proc/%d/%s", pid, part);
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) continue;
    corpus::succeeded(path);
    close(fd);
  }
  char byte = 0;
  const iovec to{&byte, 1};
  const iovec from{reinterpret_cast<void*>(0x400000), 1};
  if (process_vm_readv(pid, &to, 1, &from, 1, 0) == 1)
    corpus::succeeded("process_vm_readv read another process");
}

bool tried = false;

void run(const aisp::Launch& launch) {
  if (!tried) {
    tried = true;
    if (getppid() != 1) try_process(getppid());
    if (DIR* proc = opendir("/proc")) {
      while (const dirent* entry = readdir(proc)) {
        const int pid = std::atoi(entry->d_name);
        // Process 1 of the sandbox runs the same agent as we do, without an implementation.
        if (pid > 0 && pid != getpid() && pid != 1) try_process(pid);
      }
      closedir(proc);
    }
  }
  corpus::Axpby(launch).compute();
}

}  // namespace

AISP_IMPLEMENTATION(run, "looks into other processes");
