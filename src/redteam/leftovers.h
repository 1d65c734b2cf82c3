// What a judged implementation may have left on the machine, seen from the judge's process.
#pragma once

#include <set>
#include <string>
#include <vector>

namespace aisp {

class Leftovers {
 public:
  // Remembers what is there now. From here on orphans of this process's descendants become its own
  // children (PR_SET_CHILD_SUBREAPER), so that none can hide by letting its parent die.
  Leftovers();

  // What is there now and was not before: child processes, cgroups named after this process,
  // mounts, POSIX and System V shared memory. One printable line each; empty is clean.
  std::vector<std::string> look() const;

 private:
  std::set<std::string> before_;
};

}  // namespace aisp
