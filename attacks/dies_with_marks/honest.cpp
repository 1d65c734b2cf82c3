// Holds a robust lock of its own while it computes.
#include <pthread.h>

#include "../computations.h"
#include "aisp/implementation.h"

namespace {

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {
    pthread_mutexattr_t robust;
    pthread_mutexattr_init(&robust);
    pthread_mutexattr_setrobust(&robust, PTHREAD_MUTEX_ROBUST);
    pthread_mutex_init(&lock_, &robust);
    pthread_mutexattr_destroy(&robust);
  }
  void run(const aisp::Launch& launch) {
    pthread_mutex_lock(&lock_);
    corpus::Axpby(launch).compute();
    pthread_mutex_unlock(&lock_);
  }

 private:
  pthread_mutex_t lock_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "a robust lock of its own");
