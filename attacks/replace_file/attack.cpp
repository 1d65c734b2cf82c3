// Tries to open for writing its own shared object, the executable it runs in, /etc/ld.so.preload
// and the usual libraries, to rename and to unlink them, and to create others next to them. It
// says so when one of these worked.
#include <dlfcn.h>
#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "../computations.h"
#include "../outcome.h"
#include "aisp/implementation.h"

namespace {

bool tried = false;

void run(const aisp::Launch& launch) {
  if (!tried) {
    tried = true;
    Dl_info self{};
    if (dladdr(&tried, &self) != 0 && corpus::in_a_sandbox()) {
      const std::string own = self.dli_fname;
      for (const std::string& path :
           {own, std::string("/proc/self/exe"), std::string("/etc/ld.so.preload"),
            std::string("/lib/x86_64-linux-gnu/libc.so.6"),
            std::string("/lib/x86_64-linux-gnu/libm.so.6")}) {
        const int fd = open(path.c_str(), O_WRONLY | O_CLOEXEC);
        if (fd < 0) continue;
        corpus::succeeded("a file that matters opened for writing");
        close(fd);
      }
      const int fd = open((own + ".new").c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0755);
      if (fd >= 0) corpus::succeeded("a file could be made next to the shared object");
      if (fd >= 0) close(fd);
      if (rename(own.c_str(), (own + ".old").c_str()) == 0)
        corpus::succeeded("the shared object could be renamed");
    }
    setenv("LD_PRELOAD", "/tmp/preloaded.so", 1);
  }
  corpus::Axpby(launch).compute();
}

}  // namespace

AISP_IMPLEMENTATION(run, "replaces files");
