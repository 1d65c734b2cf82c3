#include "ledger/process_identity.h"

#include <unistd.h>

#include <fstream>
#include <optional>
#include <sstream>

namespace aisp {

namespace {

struct ProcessStat {
  char state = 0;
  std::int64_t start = 0;
};

// /proc/PID/stat: pid (name) state ppid … starttime, the 22nd field. The name may hold spaces and
// parentheses, so the fields are counted from the last ')'.
std::optional<ProcessStat> read_stat(std::int64_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::string line;
  if (!std::getline(file, line)) return std::nullopt;
  const auto name_end = line.rfind(')');
  if (name_end == std::string::npos) return std::nullopt;
  std::istringstream fields(line.substr(name_end + 1));
  ProcessStat stat;
  fields >> stat.state;
  std::string skipped;
  for (int field = 4; field < 22; ++field) fields >> skipped;
  fields >> stat.start;
  if (!fields) return std::nullopt;
  return stat;
}

std::string read_boot_id() {
  std::ifstream file("/proc/sys/kernel/random/boot_id");
  std::string id;
  std::getline(file, id);
  return id;
}

}  // namespace

Result<ProcessIdentity> this_process() {
  const std::int64_t pid = ::getpid();
  const auto stat = read_stat(pid);
  if (!stat)
    return Error{"tell which process this is", "/proc/self/stat", "it cannot be read",
                 "Mount /proc"};
  return ProcessIdentity{pid, stat->start, read_boot_id()};
}

bool is_alive(const ProcessIdentity& process) {
  if (process.boot_id != read_boot_id()) return false;
  const auto stat = read_stat(process.pid);
  return stat && stat->start == process.start && stat->state != 'Z' && stat->state != 'X';
}

}  // namespace aisp
