// System call filters: an allow-list for the process that holds an implementation, a deny-list for
// the compiler, which needs far more calls and far less distrust.
#pragma once

#include <linux/filter.h>

#include <vector>

#include "base/result.h"
#include "worker/lockdown.h"

namespace aisp {

enum class RefusedCalls {
  silent,  // EPERM
  named,   // EPERM, and the call's number and arguments on stderr: to find what a library needs
};

// Installs the allow-list on every thread of this process, for good. Sets no_new_privs.
//
// `named` goes through SIGSYS, which a thread that blocks it does not survive: for debugging only.
// The call is not made either way.
Status load_implementation_filter(LockdownProfile profile = LockdownProfile::cpu,
                                  RefusedCalls refused_calls = RefusedCalls::silent);

// The deny-list as a program, for a child that must not allocate: PR_SET_NO_NEW_PRIVS, then
// seccomp(SECCOMP_SET_MODE_FILTER).
Result<std::vector<sock_filter>> compiler_filter();

}  // namespace aisp
