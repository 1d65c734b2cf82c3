// Lowers its own limit of processes to find out how many tasks its user has, and fills it: if workers shared a
// user, it would count the others' threads and leave them none.
#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include "../computations.h"
#include "../outcome.h"
#include "aisp/implementation.h"

namespace {

void* nothing(void*) { return nullptr; }

bool may_start_one() {
  pthread_t thread;
  if (pthread_create(&thread, nullptr, nothing, nullptr) != 0) return false;
  pthread_join(thread, nullptr);
  return true;
}

// Tasks of this user: the least limit under which one more may start.
int tasks_of_user(rlim_t most) {
  for (rlim_t limit = 1; limit <= most; ++limit) {
    const rlimit now{limit, most};
    setrlimit(RLIMIT_NPROC, &now);
    if (may_start_one()) return static_cast<int>(limit) - 1;
  }
  return -1;
}

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {
    if (!corpus::in_a_sandbox()) return;
    rlimit before{};
    getrlimit(RLIMIT_NPROC, &before);
    if (before.rlim_cur == RLIM_INFINITY) {
      corpus::declined("its user has no limit that is its own");
      return;
    }
    const int tasks = tasks_of_user(before.rlim_cur);
    setrlimit(RLIMIT_NPROC, &before);
    if (tasks > 1) corpus::succeeded("it counts tasks of others");
  }
  void run(const aisp::Launch& launch) { corpus::Axpby(launch).compute(); }
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "counts its user's tasks");
