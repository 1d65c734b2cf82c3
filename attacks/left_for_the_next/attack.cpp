// Leaves a marker in every place that might outlive the worker (/tmp, /dev/shm, /var/tmp, the
// working directory, next to the shared object) and looks for markers of others when it is loaded.
// It says so when it finds one.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <vector>

#include "../computations.h"
#include "../outcome.h"
#include "aisp/implementation.h"

namespace {

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {
    if (!corpus::in_a_sandbox()) return;
    std::vector<ino_t> own;  // "." may be one of the others
    for (const char* folder : {"/tmp", "/dev/shm", "/var/tmp", ".", "/aisp", "/run", "/home"}) {
      const std::string path = std::string(folder) + "/left-for-the-next";
      const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL, 0666);
      const bool there = fd < 0 && errno == EEXIST;
      struct stat marker {};
      if (stat(path.c_str(), &marker) != 0) marker.st_ino = 0;
      if (fd >= 0) own.push_back(marker.st_ino);
      if (there && std::find(own.begin(), own.end(), marker.st_ino) == own.end())
        corpus::succeeded("a marker of an earlier worker was found");
      if (fd >= 0) close(fd);
    }
  }
  void run(const aisp::Launch& launch) { corpus::Axpby(launch).compute(); }
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "leaves and looks for markers");
