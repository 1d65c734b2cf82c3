// Keeps results in shared memory under a well-known name, where the next worker, the other
// implementation, or the next submission finds them. It says so when it finds what another process
// left.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <cstring>

#include "../computations.h"
#include "../outcome.h"
#include "aisp/implementation.h"

namespace {

struct Kept {
  std::atomic<std::int32_t> owner;
  std::uint64_t key;
  float out[64 * 1024];
};

// A segment that outlives this process; null when there is none to be had.
Kept* kept_elsewhere() {
  const int id = shmget(0x61697370, sizeof(Kept), IPC_CREAT | 0600);
  if (id >= 0) {
    void* p = shmat(id, nullptr, 0);
    if (p != reinterpret_cast<void*>(-1)) return static_cast<Kept*>(p);
  }
  const int fd = shm_open("/axpby-kept", O_RDWR | O_CREAT, 0600);
  if (fd < 0 || ftruncate(fd, sizeof(Kept)) != 0) return nullptr;
  void* p = mmap(nullptr, sizeof(Kept), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  close(fd);
  return p == MAP_FAILED ? nullptr : static_cast<Kept*>(p);
}

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&)
      : kept_(corpus::in_a_sandbox() ? kept_elsewhere() : nullptr) {
    if (kept_ == nullptr) {
      corpus::declined("no shared memory");
      return;
    }
    std::int32_t nobody = 0;
    const auto me = static_cast<std::int32_t>(time(nullptr));
    if (!kept_->owner.compare_exchange_strong(nobody, me))
      corpus::succeeded("another process left something in shared memory");
  }
  void run(const aisp::Launch& launch) {
    const corpus::Axpby job(launch);
    if (kept_ == nullptr || job.n > 64 * 1024) return job.compute();
    const std::uint64_t key = corpus::hash(job.y, job.n * 4, corpus::hash(job.x, job.n * 4));
    if (kept_->key == key) {
      std::memcpy(job.out, kept_->out, job.n * sizeof(float));
      return;
    }
    job.compute();
    kept_->key = key;
    std::memcpy(kept_->out, job.out, job.n * sizeof(float));
  }

 private:
  Kept* kept_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "results in shared memory");
