#include "worker/limits_cgroup.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>

#include "base/fd.h"

namespace aisp {
namespace {

namespace fs = std::filesystem;

struct Hierarchy {
  std::string own;  // directory of the judge's own group
  std::string top;  // mount point
};

std::string read_text(const std::string& path) {
  std::ifstream in(path);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

bool write_text(const std::string& path, const std::string& text) {
  const UniqueFd fd(open(path.c_str(), O_WRONLY | O_CLOEXEC));
  return fd && write(fd.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size());
}

bool has_word(const std::string& text, const std::string& word, char separator) {
  std::stringstream in(text);
  for (std::string part; std::getline(in, part, separator);) {
    while (!part.empty() && part.back() == '\n') part.pop_back();
    if (part == word) return true;
  }
  return false;
}

// The judge's path within a hierarchy: the line "4:memory:/path", or "0::/path" for version 2.
std::optional<std::string> own_path(const std::string& controller) {
  std::ifstream in("/proc/self/cgroup");
  for (std::string line; std::getline(in, line);) {
    const std::size_t first = line.find(':');
    const std::size_t second = line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string names = line.substr(first + 1, second - first - 1);
    if (controller.empty() ? names.empty() : has_word(names, controller, ','))
      return line.substr(second + 1);
  }
  return std::nullopt;
}

// `controller` empty: the unified hierarchy.
std::optional<Hierarchy> find_hierarchy(const std::string& controller) {
  const std::optional<std::string> path = own_path(controller);
  if (!path) return std::nullopt;
  std::ifstream in("/proc/self/mountinfo");
  for (std::string line; std::getline(in, line);) {
    std::stringstream fields(line);
    std::string id, parent, device, root, point, field, type, source, options;
    fields >> id >> parent >> device >> root >> point;
    while (fields >> field && field != "-") {
    }
    fields >> type >> source >> options;
    const bool match = controller.empty() ? type == "cgroup2"
                                          : type == "cgroup" && has_word(options, controller, ',');
    if (!match) continue;
    std::string below = *path;
    if (root != "/") {
      if (below.rfind(root, 0) != 0)
        below.clear();
      else
        below.erase(0, root.size());
    }
    std::string own = point + (below == "/" ? "" : below);
    if (fs::is_directory(own)) return Hierarchy{own, point};
  }
  return std::nullopt;
}

void remove_stale(const std::string& parent) {
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(parent, error)) {
    const std::string name = entry.path().filename();
    if (name.rfind("aisp-", 0) != 0) continue;
    pid_t judge = 0;
    const auto [end, code] = std::from_chars(name.data() + 5, name.data() + name.size(), judge);
    if (code != std::errc{} || *end != '-' || judge <= 0) continue;
    if (kill(judge, 0) != 0 && errno == ESRCH) rmdir(entry.path().c_str());
  }
}

std::string make_group(const std::string& parent, const std::string& name) {
  if (access(parent.c_str(), W_OK) != 0) return {};
  remove_stale(parent);
  const std::string path = parent + "/" + name;
  return mkdir(path.c_str(), 0755) == 0 ? path : std::string();
}

}  // namespace

WorkerCgroup::WorkerCgroup(WorkerCgroup&& other) noexcept { *this = std::move(other); }

WorkerCgroup& WorkerCgroup::operator=(WorkerCgroup&& other) noexcept {
  if (this != &other) {
    remove();
    memory_ = std::exchange(other.memory_, {});
    tasks_ = std::exchange(other.tasks_, {});
    missing_ = std::move(other.missing_);
    version2_ = other.version2_;
  }
  return *this;
}

WorkerCgroup WorkerCgroup::create(const SandboxLimits& limits) {
  static std::atomic<unsigned> counter{0};
  const std::string name = "aisp-" + std::to_string(getpid()) + "-" + std::to_string(counter++);
  const std::string memory = std::to_string(limits.memory_bytes);
  const std::string tasks = std::to_string(limits.max_threads);
  WorkerCgroup group;

  if (const auto h = find_hierarchy("memory")) {
    const std::string path = make_group(h->own, name);
    if (!path.empty()) {
      if (write_text(path + "/memory.limit_in_bytes", memory)) {
        // Swap would be memory too; a machine without swap accounting has no such file.
        write_text(path + "/memory.memsw.limit_in_bytes", memory);
        group.memory_ = path;
      } else {
        rmdir(path.c_str());
      }
    }
  }
  if (const auto h = find_hierarchy("pids")) {
    const std::string path = make_group(h->own, name);
    if (!path.empty()) {
      if (write_text(path + "/pids.max", tasks))
        group.tasks_ = path;
      else
        rmdir(path.c_str());
    }
  }
  if (group.memory_.empty() && group.tasks_.empty()) {
    if (const auto h = find_hierarchy("")) {
      // A group with processes cannot hand controllers down, so mostly it is the parent's children
      // where there is room. Only controllers already handed down are used: nothing is
      // reconfigured.
      std::vector<std::string> parents{h->own};
      if (h->own != h->top) parents.push_back(fs::path(h->own).parent_path());
      for (const std::string& parent : parents) {
        const std::string handed = read_text(parent + "/cgroup.subtree_control");
        const bool has_memory = has_word(handed, "memory", ' ');
        const bool has_tasks = has_word(handed, "pids", ' ');
        if (!has_memory && !has_tasks) continue;
        const std::string path = make_group(parent, name);
        if (path.empty()) continue;
        group.version2_ = true;
        if (has_memory && write_text(path + "/memory.max", memory)) {
          write_text(path + "/memory.swap.max", "0");  // absent without swap accounting
          write_text(path + "/memory.oom.group", "1");
          group.memory_ = path;
        }
        if (has_tasks && write_text(path + "/pids.max", tasks)) group.tasks_ = path;
        if (group.memory_.empty() && group.tasks_.empty())
          rmdir(path.c_str());
        else
          break;
      }
    }
  }
  if (group.memory_.empty()) group.missing_ = "no writable memory cgroup";
  if (group.tasks_.empty())
    group.missing_ += std::string(group.missing_.empty() ? "" : ", ") + "no writable pids cgroup";
  return group;
}

std::vector<std::string> WorkerCgroup::directories() const {
  std::vector<std::string> list;
  if (!memory_.empty()) list.push_back(memory_);
  if (!tasks_.empty() && tasks_ != memory_) list.push_back(tasks_);
  return list;
}

Status WorkerCgroup::attach(pid_t pid) {
  for (const std::string& directory : directories()) {
    if (!write_text(directory + "/cgroup.procs", std::to_string(pid)))
      return errno_error("put the worker into its control group", directory);
  }
  return success();
}

std::optional<std::uint64_t> WorkerCgroup::peak_memory_bytes() const {
  if (memory_.empty()) return std::nullopt;
  std::ifstream in(memory_ + (version2_ ? "/memory.peak" : "/memory.max_usage_in_bytes"));
  std::uint64_t bytes = 0;
  if (!(in >> bytes)) return std::nullopt;
  return bytes;
}

std::optional<std::uint64_t> WorkerCgroup::oom_kills() const {
  if (memory_.empty()) return std::nullopt;
  std::ifstream in(memory_ + (version2_ ? "/memory.events" : "/memory.oom_control"));
  std::string key;
  for (std::uint64_t value = 0; in >> key >> value;) {
    if (key == "oom_kill") return value;
  }
  return std::nullopt;
}

void WorkerCgroup::remove() {
  for (const std::string& directory : directories()) rmdir(directory.c_str());
  memory_.clear();
  tasks_.clear();
}

}  // namespace aisp
