#include "redteam/leftovers.h"

#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>

namespace aisp {
namespace {

namespace fs = std::filesystem;

void children(std::set<std::string>& found) {
  std::error_code error;
  for (const auto& thread : fs::directory_iterator("/proc/self/task", error)) {
    std::ifstream in(thread.path() / "children");
    for (std::string pid; in >> pid;) {
      std::ifstream name_in("/proc/" + pid + "/comm");
      std::string name;
      std::getline(name_in, name);
      found.insert("process " + pid + " (" + name + ")");
    }
  }
}

void cgroups(std::set<std::string>& found) {
  const std::string prefix = "aisp-" + std::to_string(getpid()) + "-";
  std::error_code error;
  auto it = fs::recursive_directory_iterator("/sys/fs/cgroup",
                                             fs::directory_options::skip_permission_denied, error);
  // Groups of other programs come and go while this looks; that ends one walk, not the test.
  for (; !error && it != fs::recursive_directory_iterator(); it.increment(error))
    if (it->path().filename().string().rfind(prefix, 0) == 0)
      found.insert("cgroup " + it->path().string());
}

void mounts(std::set<std::string>& found) {
  std::ifstream in("/proc/self/mountinfo");
  for (std::string line; std::getline(in, line);) {
    std::stringstream fields(line);
    std::string id, parent, device, root, point;
    fields >> id >> parent >> device >> root >> point;
    found.insert("mount " + id + " at " + point);
  }
}

void shared_memory(std::set<std::string>& found) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator("/dev/shm", error))
    found.insert("shared memory " + entry.path().string());
  for (const char* table : {"/proc/sysvipc/shm", "/proc/sysvipc/msg", "/proc/sysvipc/sem"}) {
    std::ifstream in(table);
    std::string line;
    std::getline(in, line);  // heading
    while (std::getline(in, line)) {
      std::stringstream fields(line);
      std::string key, id;
      fields >> key >> id;
      found.insert(std::string(table) + " key " + key + " id " + id);
    }
  }
}

std::set<std::string> everything() {
  std::set<std::string> found;
  children(found);
  cgroups(found);
  mounts(found);
  shared_memory(found);
  return found;
}

}  // namespace

Leftovers::Leftovers() {
  // Mounts of other programs on this machine are none of ours: from here on they are not seen.
  // Without the permission they are, and a machine where others mount is then no place to test.
  static const bool apart =
      unshare(CLONE_NEWNS) == 0 && mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
  static_cast<void>(apart);
  prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
  before_ = everything();
}

std::vector<std::string> Leftovers::look() const {
  std::vector<std::string> left;
  for (const std::string& one : everything())
    if (before_.count(one) == 0) left.push_back(one);
  return left;
}

}  // namespace aisp
