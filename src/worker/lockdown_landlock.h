// Landlock: bounds on files, abstract sockets, signals and TCP that a process puts on itself.
#pragma once

#include "base/fd.h"
#include "base/result.h"
#include "worker/lockdown.h"

namespace aisp {

// The kernel's Landlock ABI, 0 where there is none.
int landlock_abi();

enum class Execute { refused, below_read_only };

// A ruleset with everything handled that this kernel's ABI knows (up to 7) and only `paths`
// allowed. Needs landlock_abi() > 0.
Result<UniqueFd> landlock_ruleset(const LockdownPaths& paths, Execute execute);

// Async-signal-safe; needs no_new_privs. 0, or -1 with errno.
int landlock_restrict_self(int ruleset);

}  // namespace aisp
