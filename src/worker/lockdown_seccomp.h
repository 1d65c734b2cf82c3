// System call filters: an allow-list for the process that holds an implementation, a deny-list for
// the compiler, which needs far more calls and far less distrust.
#pragma once

#include <linux/filter.h>

#include <vector>

#include "base/result.h"

namespace aisp {

// Installs the allow-list on every thread of this process, for good. Sets no_new_privs.
Status load_implementation_filter();

// The deny-list as a program, for a child that must not allocate: PR_SET_NO_NEW_PRIVS, then
// seccomp(SECCOMP_SET_MODE_FILTER).
Result<std::vector<sock_filter>> compiler_filter();

}  // namespace aisp
