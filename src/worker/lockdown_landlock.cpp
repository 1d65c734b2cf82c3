#include "worker/lockdown_landlock.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <cstdint>

// The kernel's numbers, written out: the build machine's headers may know fewer than the kernel.
namespace aisp {
namespace {

constexpr long kCreateRuleset = 444;
constexpr long kAddRule = 445;
constexpr long kRestrictSelf = 446;

constexpr std::uint64_t kExecute = 1u << 0;
constexpr std::uint64_t kWriteFile = 1u << 1;
constexpr std::uint64_t kReadFile = 1u << 2;
constexpr std::uint64_t kReadDir = 1u << 3;
constexpr std::uint64_t kRemoveDir = 1u << 4;
constexpr std::uint64_t kRemoveFile = 1u << 5;
constexpr std::uint64_t kMakeDir = 1u << 7;
constexpr std::uint64_t kMakeReg = 1u << 8;
constexpr std::uint64_t kMakeSym = 1u << 12;
constexpr std::uint64_t kAllOfAbi1 = (1u << 13) - 1;
constexpr std::uint64_t kRefer = 1u << 13;     // ABI 2
constexpr std::uint64_t kTruncate = 1u << 14;  // ABI 3
constexpr std::uint64_t kIoctlDev = 1u << 15;  // ABI 5

struct RulesetAttr {
  std::uint64_t handled_fs;
  std::uint64_t handled_net;  // ABI 4: bind, connect
  std::uint64_t scoped;       // ABI 6: abstract sockets, signals
};

struct [[gnu::packed]] PathBeneath {
  std::uint64_t allowed;
  std::int32_t parent_fd;
};

Status add_path(int ruleset, const std::string& path, std::uint64_t access) {
  const UniqueFd fd(open(path.c_str(), O_PATH | O_CLOEXEC));
  if (!fd) {
    if (errno == ENOENT || errno == EACCES || errno == ENOTDIR) return success();
    return errno_error("open a path for Landlock", path);
  }
  struct stat info {};
  if (fstat(fd.get(), &info) != 0) return errno_error("look at a path for Landlock", path);
  if (!S_ISDIR(info.st_mode)) access &= kExecute | kWriteFile | kReadFile | kTruncate | kIoctlDev;
  const PathBeneath rule{access, fd.get()};
  if (syscall(kAddRule, ruleset, 1 /* path beneath */, &rule, 0) != 0)
    return errno_error("add a Landlock rule", path);
  return success();
}

}  // namespace

int landlock_abi() {
  const long abi = syscall(kCreateRuleset, nullptr, 0, 1 /* version */);
  return abi < 0 ? 0 : static_cast<int>(abi);
}

Result<UniqueFd> landlock_ruleset(const LockdownPaths& paths, Execute execute) {
  const int abi = landlock_abi();
  RulesetAttr attr{kAllOfAbi1, 0, 0};
  std::size_t attr_size = 8;
  if (abi >= 2) attr.handled_fs |= kRefer;
  if (abi >= 3) attr.handled_fs |= kTruncate;
  if (abi >= 4) attr.handled_net = 3, attr_size = 16;
  if (abi >= 5) attr.handled_fs |= kIoctlDev;
  if (abi >= 6) attr.scoped = 3, attr_size = 24;

  UniqueFd ruleset(static_cast<int>(syscall(kCreateRuleset, &attr, attr_size, 0)));
  if (!ruleset) return errno_error("create a Landlock ruleset", "ABI " + std::to_string(abi));

  std::uint64_t read = kReadFile | kReadDir;
  if (execute == Execute::below_read_only) read |= kExecute;
  const std::uint64_t write = kReadFile | kReadDir | kWriteFile | kRemoveDir | kRemoveFile |
                              kMakeDir | kMakeReg | kMakeSym | kRefer | kTruncate;
  const struct {
    const std::vector<std::string>& list;
    std::uint64_t access;
  } groups[] = {{paths.read_only, read},
                {paths.read_write, write},
                {paths.devices, kReadFile | kWriteFile},
                {paths.ioctl_devices, kReadFile | kWriteFile | kIoctlDev}};
  for (const auto& group : groups) {
    for (const std::string& path : group.list) {
      if (Status s = add_path(ruleset.get(), path, group.access & attr.handled_fs); !s)
        return s.error();
    }
  }
  return ruleset;
}

int landlock_restrict_self(int ruleset) {
  return static_cast<int>(syscall(kRestrictSelf, ruleset, 0));
}

}  // namespace aisp
