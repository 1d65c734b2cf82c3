// CUPTI's activity records: what the device really ran, on every stream of the process. The library
// is opened at run time; without it there are no records, and the agent says so.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "agent/activity.h"
#include "base/result.h"

namespace aisp::agent {

class ActivityTrace {
 public:
  // Opens `library` (a path or a name) and subscribes. One a process.
  static Result<std::unique_ptr<ActivityTrace>> open(const std::string& library);
  virtual ~ActivityTrace() = default;

  // Whether records are made. Switching takes a while and belongs between windows.
  virtual Status enable(bool on) = 0;
  // A window begins: what was recorded before and has not been fetched is dropped.
  virtual void begin_window(std::uint32_t calls) = 0;
  // Around the agent's own cuEventRecord, which is the mark before or after call `i`.
  virtual void begin_mark(std::uint32_t i, bool after) = 0;
  virtual void end_mark() = 0;
  // Instead of begin_mark: a mark before which everything is the agent's own and no call's.
  virtual void begin_own_mark() = 0;
  // The window's records, when the device is idle. `marks` is empty where CUPTI did not show the
  // marks; `settled` is the correlation that ended the window before.
  struct Fetched {
    std::vector<ActivityRecord> records;
    std::span<const CallMarks> marks;
    std::uint32_t settled = 0;
    std::uint32_t dropped = 0;
  };
  virtual Result<Fetched> fetch() = 0;
  // Whether anybody in this process ever asked a stream or a graph to run a function of the host.
  virtual bool host_functions() const = 0;
  virtual std::string version() const = 0;
};

}  // namespace aisp::agent
