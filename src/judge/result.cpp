#include "judge/result.h"

#include <set>

namespace aisp {

int processes_timed(const ImplementationResult& result) {
  std::set<int> processes;
  for (const Window& w : result.observation.windows)
    if (w.kind == WindowKind::timed) processes.insert(w.process);
  return static_cast<int>(processes.size());
}

}  // namespace aisp
