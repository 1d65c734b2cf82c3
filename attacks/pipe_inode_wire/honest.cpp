// Wakes its second thread through an eventfd, which has no number of its own.
#include <sys/eventfd.h>
#include <unistd.h>

#include <cstdint>
#include <thread>

#include "../computations.h"
#include "aisp/implementation.h"

namespace {

constexpr std::uint64_t kGo = 1, kQuit = 2;

std::uint64_t take(int fd) {
  std::uint64_t value = kQuit;
  return read(fd, &value, sizeof value) == sizeof value ? value : kQuit;
}
void give(int fd, std::uint64_t value) {
  while (write(fd, &value, sizeof value) != sizeof value) {
  }
}

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&)
      : go_(eventfd(0, EFD_CLOEXEC)), done_(eventfd(0, EFD_CLOEXEC)), helper_([this] { help(); }) {}
  ~Kernel() {
    give(go_, kQuit);
    helper_.join();
    close(go_);
    close(done_);
  }
  void run(const aisp::Launch& launch) {
    job_ = corpus::Axpby(launch);
    give(go_, kGo);
    job_.compute(0, job_.n / 2);
    take(done_);
  }

 private:
  void help() {
    while (take(go_) == kGo) {
      job_.compute(job_.n / 2, job_.n);
      give(done_, kGo);
    }
  }
  int go_, done_;
  corpus::Axpby job_;
  std::thread helper_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "a thread that is woken through an eventfd");
