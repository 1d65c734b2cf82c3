// Two threads take pieces of the work under a mutex that lends its owner the priority of whoever waits (PTHREAD_PRIO_INHERIT),
// or under a plain one where there is none of that kind.
#include <pthread.h>

#include "../../attacks/computations.h"
#include "../../attacks/waiting_thread.h"
#include "aisp/implementation.h"

namespace {

constexpr std::size_t kPieces = 64;

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {
    pthread_mutexattr_t attributes;
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_setprotocol(&attributes, PTHREAD_PRIO_INHERIT);
    if (pthread_mutex_init(&mutex_, &attributes) != 0) pthread_mutex_init(&mutex_, nullptr);
    pthread_mutexattr_destroy(&attributes);
  }
  ~Kernel() { pthread_mutex_destroy(&mutex_); }
  Kernel(const Kernel&) = delete;
  Kernel& operator=(const Kernel&) = delete;

  void run(const aisp::Launch& launch) {
    const corpus::Axpby job(launch);
    const auto pieces = [&](std::size_t first) {
      for (std::size_t i = first; i < kPieces; i += 2) {
        pthread_mutex_lock(&mutex_);
        job.compute(job.n * i / kPieces, job.n * (i + 1) / kPieces);
        pthread_mutex_unlock(&mutex_);
      }
    };
    thread_.post([&] { pieces(0); });
    pieces(1);
    thread_.wait();
  }

 private:
  pthread_mutex_t mutex_;
  corpus::WaitingThread thread_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "two threads and a mutex that inherits priority");
