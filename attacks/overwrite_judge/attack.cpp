// Tries to write into the parent and into every process it can name, through /proc/<pid>/mem and
// process_vm_writev at the usual places of a program's data, and to attach as a debugger.
#include <fcntl.h>
#include <sys/ptrace.h>
#include <unistd.h>

#include <cstdio>

#include "../computations.h"
#include "../outcome.h"
#include "aisp/implementation.h"

namespace {

bool tried = false;

void run(const aisp::Launch& launch) {
  if (!tried) {
    tried = true;
    for (const int pid : {getppid(), 1, 2, 3}) {
      if (pid <= 0 || pid == getpid() || !corpus::alone_in_a_pid_namespace()) continue;
      if (pid == 1 && getppid() == 1) continue;  // the sandbox's own first process is no judge
      char path[64];
      std::snprintf(path, sizeof path, "/proc/%d/mem", pid);
      const int fd = open(path, O_RDWR | O_CLOEXEC);
      if (fd >= 0) corpus::succeeded("another process's memory opened for writing");
      if (fd >= 0) close(fd);
      if (ptrace(PTRACE_ATTACH, pid, nullptr, nullptr) == 0) {
        corpus::succeeded("attached to another process");
        ptrace(PTRACE_DETACH, pid, nullptr, nullptr);
      }
    }
  }
  corpus::Axpby(launch).compute();
}

}  // namespace

AISP_IMPLEMENTATION(run, "writes into other processes");
