// A control group around one worker: memory and number of tasks, counted by the kernel.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "worker/limits.h"

namespace aisp {

// Version 1 or 2, whichever offers the controllers where this process may make groups. Directories
// are named aisp-<pid of the judge>-<n> and removed by the destructor; those of judges that died
// are removed when the next group is made in the same place.
class WorkerCgroup {
 public:
  WorkerCgroup() = default;
  WorkerCgroup(WorkerCgroup&& other) noexcept;
  WorkerCgroup& operator=(WorkerCgroup&& other) noexcept;
  WorkerCgroup(const WorkerCgroup&) = delete;
  WorkerCgroup& operator=(const WorkerCgroup&) = delete;
  ~WorkerCgroup() { remove(); }

  // Never fails as a whole: what the machine does not offer is named in missing().
  static WorkerCgroup create(const SandboxLimits& limits);
  Status attach(pid_t pid);

  bool limits_memory() const { return !memory_.empty(); }
  bool limits_tasks() const { return !tasks_.empty(); }
  const std::string& missing() const { return missing_; }
  std::vector<std::string> directories() const;

  std::optional<std::uint64_t> peak_memory_bytes() const;
  std::optional<std::uint64_t> oom_kills() const;

  // Once all of its processes are reaped; earlier the kernel refuses and the directories stay.
  void remove();

 private:
  std::string memory_;  // directory; the same as tasks_ in version 2
  std::string tasks_;
  std::string missing_;
  bool version2_ = false;
};

}  // namespace aisp
