// Asks for read-ahead of large files at the end of a call: the kernel works on while others run.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../computations.h"
#include "aisp/implementation.h"

namespace {

int calls = 0;

void read_ahead(const char* path) {
  const int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return;
  struct stat info {};
  if (fstat(fd, &info) == 0 && info.st_size > 0) {
    const auto bytes = static_cast<std::size_t>(info.st_size);
    void* p = mmap(nullptr, bytes, PROT_READ, MAP_PRIVATE, fd, 0);
    if (p != MAP_FAILED) {
      madvise(p, bytes, MADV_WILLNEED);
      munmap(p, bytes);
    }
  }
  close(fd);
}

void run(const aisp::Launch& launch) {
  corpus::Axpby(launch).compute();
  if (calls++ % 64 != 0) return;
  for (const char* path :
       {"/usr/lib/x86_64-linux-gnu/libopenblas.so.0", "/usr/lib/x86_64-linux-gnu/libc.so.6",
        "/usr/lib/gcc/x86_64-linux-gnu/12/cc1plus", "/usr/lib/locale/locale-archive",
        "/usr/bin/perl", "/usr/bin/python3"})
    read_ahead(path);
}

}  // namespace

AISP_IMPLEMENTATION(run, "read-ahead at the end");
