#include "worker/mounts.h"

#include <fcntl.h>
#include <limits.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>

namespace aisp {
namespace {

// The kernel's numbers and its struct mount_attr, for headers that are older than the kernel.
constexpr long kOpenTree = 428;
constexpr long kMoveMount = 429;
constexpr long kMountSetattr = 442;
constexpr unsigned kOpenTreeClone = 1;
constexpr unsigned kOpenTreeCloexec = O_CLOEXEC;
constexpr unsigned kRecursive = 0x8000;    // AT_RECURSIVE
constexpr unsigned kMoveFromEmpty = 0x04;  // MOVE_MOUNT_F_EMPTY_PATH
constexpr unsigned kMoveToEmpty = 0x40;    // MOVE_MOUNT_T_EMPTY_PATH
constexpr std::uint64_t kReadOnly = 0x1;   // MOUNT_ATTR_RDONLY
constexpr std::uint64_t kNoSuid = 0x2;
constexpr std::uint64_t kNoDev = 0x4;
constexpr std::uint64_t kNoExec = 0x8;

struct MountAttr {
  std::uint64_t set;
  std::uint64_t clear;
  std::uint64_t propagation;
  std::uint64_t userns_fd;
};

// Covered by the new root while it is built; always there, and detached with the old root.
constexpr const char* kBuildPlace = "/usr";
constexpr const char* kProcPlace = ".proc";
constexpr const char* kNothing = ".nothing";
constexpr std::size_t kLongestProcFile = 100;

void add_directory(MountPlan& plan, const std::string& path) {
  for (std::size_t end = path.find('/');; end = path.find('/', end + 1)) {
    const std::string part = path.substr(0, end);
    if (std::find(plan.directories.begin(), plan.directories.end(), part) == plan.directories.end())
      plan.directories.push_back(part);
    if (end == std::string::npos) return;
  }
}

void add_tree(MountPlan& plan, const std::string& host, const std::string& at,
              std::uint64_t attributes, bool directory) {
  const std::size_t slash = at.rfind('/');
  if (directory)
    add_directory(plan, at);
  else if (slash != std::string::npos)
    add_directory(plan, at.substr(0, slash));
  plan.trees.push_back({host, at, attributes, directory});
}

bool add_if_there(MountPlan& plan, const std::string& path, std::uint64_t attributes) {
  struct stat info {};
  if (stat(path.c_str(), &info) != 0) return false;
  add_tree(plan, path, path.substr(1), attributes, S_ISDIR(info.st_mode));
  return true;
}

// Which processors belong to which node, and nothing of what counts pages (node*/meminfo, vmstat, numastat).
void add_nodes(MountPlan& plan, std::uint64_t attributes) {
  const std::string root = "/sys/devices/system/node/";
  for (const char* file : {"online", "possible", "has_cpu", "has_memory"})
    add_if_there(plan, root + file, attributes);
  constexpr int kMostNodes = 64;
  for (int node = 0; node < kMostNodes; ++node)
    for (const char* file : {"/cpulist", "/cpumap", "/distance"})
      add_if_there(plan, root + "node" + std::to_string(node) + file, attributes);
}

// What of /sys/devices/system/cpu counts: how often and how long each processor was idle, to the microsecond, whoever
// made it so (cpuidle), its clock (cpufreq, acpi_cppc) and how often that was held down. It tells what the judge did
// between two windows, and two workers could pass an answer by it.
void hide_counters(MountPlan& plan) {
  const std::string root = "/sys/devices/system/cpu/";
  const auto hide_if_there = [&](const std::string& path) {
    struct stat info {};
    if (lstat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode))
      plan.hidden.push_back(path.substr(1));
  };
  hide_if_there(root + "cpufreq");
  std::error_code unreadable;
  for (std::filesystem::directory_iterator at(root, unreadable), end; !unreadable && at != end;
       at.increment(unreadable))
    for (const char* folder : {"/cpuidle", "/thermal_throttle", "/acpi_cppc"})
      hide_if_there(at->path().string() + folder);
}

// What is part of a tree already must not be mounted again: the tree cannot be written.
bool covered(const MountPlan& plan, const std::string& at) {
  for (const MountPlan::Tree& tree : plan.trees)
    if (at == tree.at || (tree.directory && at.rfind(tree.at + "/", 0) == 0)) return true;
  for (const MountPlan::Link& link : plan.links)  // /lib64/… is /usr/lib64/…
    if (at.rfind(link.at + "/", 0) == 0) return true;
  return false;
}

Status add_device(MountPlan& plan, const DevicePaths& device, bool own_proc_files) {
  for (const std::string& node : device.nodes) {
    struct stat info {};
    if (stat(node.c_str(), &info) != 0) continue;
    if (!S_ISCHR(info.st_mode) || node.rfind("/dev/", 0) != 0)
      return Error{"give a device to the sandbox", node, "it is no character device in /dev", {}};
    add_tree(plan, node, node.substr(1), kReadOnly | kNoSuid | kNoExec, false);
  }
  for (const std::string& file : device.files) {
    if (file.empty() || file.front() != '/' || covered(plan, file.substr(1))) continue;
    add_if_there(plan, file, kReadOnly | kNoSuid | kNoDev);
  }
  if (!own_proc_files) return success();
  plan.thread_names = !device.nodes.empty();
  if (plan.thread_names) add_directory(plan, "proc/1/task");
  for (const std::string& file : device.proc_files) {
    if (file.size() > kLongestProcFile || file.find("..") != std::string::npos)
      return Error{"show a file of /proc in the sandbox", file, "it is no plain short path", {}};
    const std::size_t slash = file.rfind('/');
    if (slash != std::string::npos) add_directory(plan, "proc/" + file.substr(0, slash));
    plan.proc_files.push_back(file);
  }
  return success();
}

Status add_bind(MountPlan& plan, const Bind& bind) {
  const std::string& inside = bind.sandbox_path;
  if (inside.size() < 2 || inside.front() != '/' || inside.back() == '/' ||
      inside.find("/.") != std::string::npos || inside.find("//") != std::string::npos)
    return Error{"bind a path into the sandbox", inside, "it is no plain absolute path", {}};
  const std::string top = inside.substr(1, inside.find('/', 1) - 1);
  for (const char* taken : {"usr", "bin", "sbin", "lib", "lib32", "lib64", "libx32", "etc", "proc",
                            "dev", "sys", "tmp"}) {
    if (top == taken)
      return Error{"bind a path into the sandbox", inside,
                   "the sandbox has a /" + top + " of its own", "choose a place below /aisp"};
  }
  struct stat info {};
  if (stat(bind.host_path.c_str(), &info) != 0)
    return errno_error("bind a path into the sandbox", bind.host_path);
  if (!S_ISDIR(info.st_mode) && !S_ISREG(info.st_mode))
    return Error{
        "bind a path into the sandbox", bind.host_path, "it is neither a file nor a directory", {}};
  const std::uint64_t attributes = kNoSuid | kNoDev | (bind.writable ? 0 : kReadOnly);
  add_tree(plan, bind.host_path, inside.substr(1), attributes, S_ISDIR(info.st_mode));
  return success();
}

int set_attributes(int fd, const char* path, unsigned flags, std::uint64_t attributes) {
  MountAttr attr{attributes, 0, 0, 0};
  return static_cast<int>(syscall(kMountSetattr, fd, path, flags, &attr, sizeof attr));
}

int make_file(const char* path) {
  const int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0444);
  if (fd < 0) return -1;
  close(fd);
  return 0;
}

// Binds single files of a real /proc into a plain directory and takes the real one away, so that
// /proc/1/fd (reopening what was lent read-only) and /proc/1/mem have no name.
int enter_proc_files(const MountPlan& plan, const char** at) {
  if (mkdir(kProcPlace, 0700) != 0) return errno;
  if (mount("proc", kProcPlace, "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr) != 0)
    return errno;
  char from[kLongestProcFile + 8] = ".proc/";
  char to[kLongestProcFile + 8] = "proc/";
  for (const std::string& file : plan.proc_files) {
    *at = file.c_str();
    for (std::size_t i = 0; i <= file.size(); ++i) from[6 + i] = to[5 + i] = file.c_str()[i];
    const int fd =
        static_cast<int>(syscall(kOpenTree, AT_FDCWD, from, kOpenTreeClone | kOpenTreeCloexec));
    if (fd < 0) {
      if (errno == ENOENT) continue;  // a kernel without that file
      return errno;
    }
    if (set_attributes(fd, "", AT_EMPTY_PATH, kReadOnly) != 0 || make_file(to) != 0 ||
        syscall(kMoveMount, fd, "", AT_FDCWD, to, kMoveFromEmpty) != 0)
      return errno;
    close(fd);
  }
  *at = kProcPlace;
  if (umount2(kProcPlace, MNT_DETACH) != 0) return errno;
  return rmdir(kProcPlace) != 0 ? errno : 0;
}

int make_thread_names() {
  constexpr int kThreads = 1024;
  if (mount("tmpfs", "proc/1/task", "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC,
            "size=64k,nr_inodes=4096,mode=0755") != 0)
    return errno;
  for (int thread = 1; thread <= kThreads; ++thread) {
    char path[32] = "proc/1/task/";
    char digits[8];
    int n = 0;
    for (int rest = thread; rest > 0; rest /= 10) digits[n++] = static_cast<char>('0' + rest % 10);
    for (int at = 12; n > 0; ++at) path[at] = digits[--n];
    if (mkdir(path, 0777) != 0 || chmod(path, 0777) != 0) return errno;
  }
  return 0;
}

}  // namespace

Result<MountPlan> plan_mounts(const std::vector<Bind>& binds, ProcView proc,
                              std::uint64_t tmp_bytes, unsigned owner,
                              const std::string& self_executable, const DevicePaths& device) {
  MountPlan plan;
  constexpr std::uint64_t kSystem = kReadOnly | kNoSuid | kNoDev;
  for (const char* name : {"usr", "bin", "sbin", "lib", "lib32", "lib64", "libx32"}) {
    const std::string path = std::string("/") + name;
    struct stat info {};
    if (lstat(path.c_str(), &info) != 0) continue;
    if (S_ISLNK(info.st_mode)) {
      char target[PATH_MAX];
      const ssize_t n = readlink(path.c_str(), target, sizeof target);
      if (n <= 0) return errno_error("read a link", path);
      plan.links.push_back({name, std::string(target, static_cast<std::size_t>(n))});
    } else {
      add_tree(plan, path, name, kSystem, true);
    }
  }
  add_directory(plan, "etc");
  add_if_there(plan, "/etc/ld.so.cache", kSystem | kNoExec);
  add_if_there(plan, "/etc/alternatives", kSystem);
  add_if_there(plan, "/sys/devices/system/cpu", kSystem | kNoExec);
  add_nodes(plan, kSystem | kNoExec);
  // No /dev/zero for an implementation: mapped shared it is memory that no limit counts.
  add_directory(plan, "dev");
  for (const char* node : {"/dev/null", "/dev/full", "/dev/random", "/dev/urandom"})
    add_if_there(plan, node, kReadOnly | kNoSuid | kNoExec);
  if (proc == ProcView::full) add_if_there(plan, "/dev/zero", kReadOnly | kNoSuid | kNoExec);

  add_directory(plan, "proc");
  add_directory(plan, "tmp");
  if (proc == ProcView::own_files) {
    // No meminfo: it counts the pages of the whole machine, exactly, and two workers in one round, whose
    // inputs are the same, could pass an answer of 20 bits by mapping that many pages.
    // No smaps and no numa_maps: they tell how many processes have a lent page in their page tables, and each
    // worker can take its own entries away, page by page.
    plan.proc_files = {"cpuinfo",   "sys/vm/overcommit_memory",
                       "1/maps",    "1/stat",
                       "1/statm",   "1/status",
                       "1/cmdline", "1/cgroup"};
    if (!device.nodes.empty())  // the driver reads meminfo; what else it reads is not known
      for (const char* file : {"meminfo", "1/smaps", "1/smaps_rollup", "1/numa_maps"})
        plan.proc_files.push_back(file);
    else
      hide_counters(plan);
    for (const char* directory : {"proc/1", "proc/sys/vm"}) add_directory(plan, directory);
    plan.links.push_back({"proc/self", "1"});
    plan.links.push_back({"proc/1/exe", self_executable});
  }
  if (Status s = add_device(plan, device, proc == ProcView::own_files); !s) return s.error();
  const std::string id = std::to_string(owner);
  plan.tmp_options =
      "size=" + std::to_string(tmp_bytes) + ",nr_inodes=16384,mode=0700,uid=" + id + ",gid=" + id;
  for (const Bind& bind : binds) {
    if (Status s = add_bind(plan, bind); !s) return s.error();
  }
  return plan;
}

namespace {

// In a chroot "/" is no mount point, so that nothing can be made private from there, and what is mounted below it
// would be seen by whoever shares the mount around it. Leaves the chroot for the root of the (new) mount namespace, makes
// everything private there, and comes back to a mount of its own. Whoever may mount may do that.
int make_private_from_a_chroot() {
  const int inside = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (inside < 0) return errno;
  // With a root below it the working directory has no end above it but the namespace's.
  if (chroot(kBuildPlace) != 0 || fchdir(inside) != 0) return errno;
  for (struct stat here{}, above{};;) {
    if (stat(".", &here) != 0 || stat("..", &above) != 0) return errno;
    if (here.st_dev == above.st_dev && here.st_ino == above.st_ino) break;
    if (chdir("..") != 0) return errno;
  }
  if (chroot(".") != 0) return errno;
  if (mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return errno;
  const int own = static_cast<int>(syscall(
      kOpenTree, inside, "", kOpenTreeClone | kOpenTreeCloexec | kRecursive | AT_EMPTY_PATH));
  if (own < 0) return errno;
  if (syscall(kMoveMount, own, "", inside, "", kMoveFromEmpty | kMoveToEmpty) != 0) return errno;
  if (fchdir(own) != 0 || chroot(".") != 0 || chdir("/") != 0) return errno;
  close(own);
  close(inside);
  return 0;
}

}  // namespace

int enter_mounts(MountPlan& plan, const char** at) {
  *at = "/";
  if (mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) {
    if (errno != EINVAL) return errno;
    if (const int code = make_private_from_a_chroot(); code != 0) return code;
  }
  // Everything is picked up before anything is covered.
  for (MountPlan::Tree& tree : plan.trees) {
    *at = tree.host.c_str();
    tree.fd = static_cast<int>(syscall(kOpenTree, AT_FDCWD, tree.host.c_str(),
                                       kOpenTreeClone | kOpenTreeCloexec | kRecursive));
    if (tree.fd < 0) return errno;
    if (set_attributes(tree.fd, "", AT_EMPTY_PATH | kRecursive, tree.attributes) != 0) return errno;
  }
  *at = "new root";
  if (mount("tmpfs", kBuildPlace, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC,
            "size=1m,nr_inodes=512,mode=0755") != 0)
    return errno;
  if (chdir(kBuildPlace) != 0) return errno;
  for (const std::string& directory : plan.directories) {
    *at = directory.c_str();
    if (mkdir(directory.c_str(), 0755) != 0 && errno != EEXIST) return errno;
  }
  for (const MountPlan::Link& link : plan.links) {
    *at = link.at.c_str();
    if (symlink(link.to.c_str(), link.at.c_str()) != 0) return errno;
  }
  for (const MountPlan::Tree& tree : plan.trees) {
    *at = tree.at.c_str();
    if (!tree.directory && make_file(tree.at.c_str()) != 0) return errno;
    if (syscall(kMoveMount, tree.fd, "", AT_FDCWD, tree.at.c_str(), kMoveFromEmpty) != 0)
      return errno;
    close(tree.fd);
  }
  if (!plan.hidden.empty()) {
    // One empty file system that nobody can write, seen in all of these places.
    *at = kNothing;
    if (mkdir(kNothing, 0755) != 0 ||
        mount("tmpfs", kNothing, "tmpfs", MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC,
              "size=4k,nr_inodes=1,mode=0555") != 0)
      return errno;
    for (const std::string& folder : plan.hidden) {
      *at = folder.c_str();
      if (mount(kNothing, folder.c_str(), nullptr, MS_BIND, nullptr) != 0) return errno;
    }
    *at = kNothing;
    if (umount2(kNothing, MNT_DETACH) != 0 || rmdir(kNothing) != 0) return errno;
  }
  *at = "/tmp";
  if (mount("tmpfs", "tmp", "tmpfs", MS_NOSUID | MS_NODEV, plan.tmp_options.c_str()) != 0)
    return errno;
  *at = "/proc";
  if (plan.proc_files.empty()) {
    if (mount("proc", "proc", "proc", MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr) != 0)
      return errno;
  } else if (const int code = enter_proc_files(plan, at); code != 0) {
    return code;
  }
  if (plan.thread_names) {
    *at = "/proc/1/task";
    if (const int code = make_thread_names(); code != 0) return code;
  }
  *at = "old root";
  if (syscall(SYS_pivot_root, ".", ".") != 0 || umount2(".", MNT_DETACH) != 0 || chdir("/") != 0)
    return errno;
  if (set_attributes(AT_FDCWD, "/", 0, kReadOnly) != 0) return errno;
  return chdir("/tmp") != 0 ? errno : 0;
}

}  // namespace aisp
