// What libraries try at start: huge pages of the pool, a shared mapping, epoll, a timer, priorities, counters, a child.
#include <pthread.h>
#include <sched.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "../../attacks/computations.h"
#include "aisp/implementation.h"

namespace {

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {
    constexpr std::size_t kHuge = 2u << 20;
    constexpr int kAccess = PROT_READ | PROT_WRITE;
    mmap(nullptr, kHuge, kAccess, MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0);
    mmap(nullptr, kHuge, kAccess, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    mlockall(MCL_CURRENT);
    epoll_create1(EPOLL_CLOEXEC);
    timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
    socket(AF_UNIX, SOCK_STREAM, 0);
    setpriority(PRIO_PROCESS, 0, -5);
    const sched_param priority{10};
    pthread_setschedparam(pthread_self(), SCHED_FIFO, &priority);
    syscall(SYS_perf_event_open, nullptr, 0, -1, -1, 0);
    syscall(SYS_mbind, nullptr, 0, 0, nullptr, 0, 0);
  }
  void run(const aisp::Launch& launch) { corpus::Axpby(launch).compute(); }
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "asks for much and goes on without");
