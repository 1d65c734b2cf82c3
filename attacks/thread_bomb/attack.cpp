// Starts threads that sleep for three seconds until no more are given, 2000 at most: the judge has
// to stop and count each of them. It says so when more than 300 were to be had.
#include <pthread.h>
#include <unistd.h>

#include "../computations.h"
#include "../outcome.h"
#include "aisp/implementation.h"

namespace {

bool tried = false;

void run(const aisp::Launch& launch) {
  if (!tried) {
    tried = true;
    int threads = 0;
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, 64 << 10);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    const auto nap = [](void*) -> void* {
      sleep(3);
      return nullptr;
    };
    pthread_t thread;
    while (corpus::in_a_sandbox() && threads < 2000 &&
           pthread_create(&thread, &attributes, nap, nullptr) == 0)
      ++threads;
    pthread_attr_destroy(&attributes);
    if (threads > 300) corpus::succeeded("hundreds of threads were to be had");
  }
  corpus::Axpby(launch).compute();
}

}  // namespace

AISP_IMPLEMENTATION(run, "threads without end");
