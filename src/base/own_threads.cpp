#include "base/own_threads.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/parallel.h"

namespace aisp {
namespace {

constexpr std::int64_t kLongestNs = 20'000'000;

// The caller and those of parallel_for, which sleep when it has returned: nobody to look for. A folder has two links
// more than folders in it.
bool nobody_else_is_there() {
  const std::size_t known = parallel_threads();  // which start now, if they had not
  struct stat tasks {};
  return stat("/proc/self/task", &tasks) == 0 && tasks.st_nlink - 2 <= known;
}

// Runs, or waits for a processor: proc_pid_stat(5), the third field, behind a name that may hold anything. Clocks would
// not do: whoever waits for the caller's own processor uses no time, and sched_yield seldom gives it up.
bool runs(const char* tid) {
  const int fd =
      open((std::string("/proc/self/task/") + tid + "/stat").c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return false;  // it has ended
  char text[256];
  const ssize_t n = read(fd, text, sizeof text);
  close(fd);
  const std::string_view line(text, n > 0 ? static_cast<std::size_t>(n) : 0);
  const std::size_t name_end = line.rfind(')');
  return name_end != line.npos && name_end + 2 < line.size() && line[name_end + 2] == 'R';
}

bool others_run() {
  DIR* const tasks = opendir("/proc/self/task");
  if (tasks == nullptr) return false;
  const pid_t own = gettid();
  bool found = false;
  while (const dirent* entry = found ? nullptr : readdir(tasks)) {
    const int tid = std::atoi(entry->d_name);  // "." and "..": 0
    found = tid > 0 && tid != own && runs(entry->d_name);
  }
  closedir(tasks);
  return found;
}

}  // namespace

bool own_threads_are_quiet() {
  if (nobody_else_is_there()) return true;
  const std::int64_t begin = monotonic_ns();
  while (others_run()) {
    if (monotonic_ns() - begin > kLongestNs) return false;
    usleep(100);  // they may need this processor
  }
  return true;
}

}  // namespace aisp
