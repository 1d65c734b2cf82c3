// Ends threads and closes files at the end of a window: what the kernel frees of them later it frees in
// somebody else's time.
#include <pthread.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "../computations.h"
#include "../control_page.h"
#include "../outcome.h"
#include "../window_plan.h"
#include "aisp/implementation.h"

namespace {

constexpr int kThreads = 16;
constexpr int kFiles = 100;

void* nothing(void*) { return nullptr; }

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {}
  void run(const aisp::Launch& launch) {
    corpus::Axpby(launch).compute();
    if (!plan_.find(launch)) return corpus::not_tried("no control page of a known layout");
    if (counter_.call(plan_) + 1 != plan_.calls()) return;
    int files[kFiles];
    for (int& file : files) file = eventfd(0, EFD_CLOEXEC);
    for (const int file : files)
      if (file >= 0) close(file);
    pthread_attr_t detached;
    pthread_attr_init(&detached);
    pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
    for (int i = 0; i < kThreads; ++i) {
      pthread_t thread;
      pthread_create(&thread, &detached, nothing, nullptr);
    }
    pthread_attr_destroy(&detached);
  }

 private:
  corpus::WindowPlan plan_;
  corpus::CallCounter counter_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "leaves the kernel something to free");
