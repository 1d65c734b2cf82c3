// Moves the place where the kernel notes the processor of a thread (rseq) behind the outputs: the kernel writes there
// whenever the thread runs again, also when no call does.
#include <pthread.h>
#include <sys/rseq.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>

#include "../computations.h"
#include "../outcome.h"
#include "aisp/implementation.h"

namespace {

constexpr std::size_t kBytes = 32;
constexpr int kHonestCalls = 200;
std::atomic<void*> place{nullptr};

void* wander(void*) {
  void* const own = static_cast<char*>(__builtin_thread_pointer()) + __rseq_offset;
  const bool left = syscall(SYS_rseq, own, kBytes, RSEQ_FLAG_UNREGISTER, RSEQ_SIG) == 0;
  while (place.load() == nullptr) usleep(1000);
  if (!left || syscall(SYS_rseq, place.load(), kBytes, 0, RSEQ_SIG) != 0)
    corpus::declined("the place cannot be moved");
  for (;;) usleep(500);
}

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {
    if (corpus::in_a_sandbox()) pthread_create(&thread_, nullptr, wander, nullptr);
  }
  void run(const aisp::Launch& launch) {
    const corpus::Axpby job(launch);
    job.compute();
    if (++calls_ != kHonestCalls) return;
    const auto end = reinterpret_cast<std::uintptr_t>(job.out + job.n);
    place = reinterpret_cast<void*>((end + kBytes - 1) / kBytes * kBytes);
  }

 private:
  pthread_t thread_{};
  int calls_ = 0;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "has the kernel write behind its outputs");
