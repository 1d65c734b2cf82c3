// Which process this is, so that another one can tell later whether it is still there: a pid alone
// is used again, after a reboot at the latest.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"

namespace aisp {

struct ProcessIdentity {
  std::int64_t pid = 0;
  std::int64_t start = 0;  // clock ticks after boot
  std::string boot_id;
};

Result<ProcessIdentity> this_process();

// False when the machine was booted since, no process has that pid, another one has it, or it is a
// zombie. A process of another pid namespace (container) with the same ledger counts as gone.
bool is_alive(const ProcessIdentity& process);

}  // namespace aisp
