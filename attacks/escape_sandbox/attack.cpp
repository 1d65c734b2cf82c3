// Tries new namespaces, mounts, chroot, device nodes, /dev/mem, kernel memory, modules, bpf,
// performance events, userfaultfd, and the cgroup files by which it is frozen and limited. Every
// one that works is reported.
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cstdio>
#include <string>

#include "../computations.h"
#include "../outcome.h"
#include "aisp/implementation.h"

namespace {

void try_write(const char* path) {
  const int fd = open(path, O_WRONLY | O_CLOEXEC);
  if (fd < 0) return;
  corpus::succeeded(path);
  close(fd);
}

bool tried = false;

void run(const aisp::Launch& launch) {
  if (!tried) {
    tried = true;
    if (corpus::in_a_sandbox()) {
      if (unshare(CLONE_NEWUSER) == 0) corpus::succeeded("a new user namespace");
      if (unshare(CLONE_NEWNS) == 0) corpus::succeeded("a new mount namespace");
      if (mount("none", "/tmp", "tmpfs", 0, nullptr) == 0) corpus::succeeded("a mount");
      if (mknod("/tmp/node", S_IFCHR | 0600, makedev(1, 1)) == 0)
        corpus::succeeded("a device node");
      if (chroot("/tmp") == 0) corpus::succeeded("a new root");
      for (const char* path : {"/dev/mem", "/dev/kmem", "/proc/kcore", "/proc/sysrq-trigger"})
        try_write(path);
      if (std::FILE* groups = std::fopen("/proc/self/cgroup", "r")) {
        char line[512];
        while (std::fgets(line, sizeof line, groups) != nullptr) {
          const char* path = std::strrchr(line, ':');
          if (path == nullptr) continue;
          std::string folder = std::string("/sys/fs/cgroup") + (path + 1);
          while (!folder.empty() && folder.back() == '\n') folder.pop_back();
          for (const char* file : {"/cgroup.freeze", "/cgroup.procs", "/memory.max", "/pids.max"})
            try_write((folder + file).c_str());
        }
        std::fclose(groups);
      }
      char attributes[128] = {};
      if (syscall(SYS_bpf, 5, attributes, sizeof attributes) >= 0) corpus::succeeded("bpf");
      if (syscall(SYS_userfaultfd, 0) >= 0) corpus::succeeded("userfaultfd");
      if (syscall(SYS_init_module, attributes, sizeof attributes, "") == 0)
        corpus::succeeded("a kernel module");
      if (syscall(SYS_add_key, "user", "aisp", "x", 1, -3) > 0) corpus::succeeded("a kernel key");
    }
  }
  corpus::Axpby(launch).compute();
}

}  // namespace

AISP_IMPLEMENTATION(run, "asks for more rights");
