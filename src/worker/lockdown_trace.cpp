#include "worker/lockdown_trace.h"

#include <signal.h>
#include <ucontext.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdint>

namespace aisp {
namespace {

constexpr int kTold = 8;
std::atomic<int> told[1024];

// Only what is allowed in a signal handler: no allocation, no stdio.
class Line {
 public:
  void text(const char* s) {
    while (*s != 0 && length_ < sizeof bytes_) bytes_[length_++] = *s++;
  }
  void number(std::uint64_t value, unsigned base) {
    char digits[24];
    int n = 0;
    do {
      digits[n++] = "0123456789abcdef"[value % base];
      value /= base;
    } while (value != 0);
    while (n > 0 && length_ < sizeof bytes_) bytes_[length_++] = digits[--n];
  }
  void write_out() const {
    // The pipe may be full and nobody may be there: nothing to do about it.
    if (write(2, bytes_, length_) < 0) return;
  }

 private:
  char bytes_[240];
  std::size_t length_ = 0;
};

void on_refused(int, siginfo_t* info, void* context) {
  const int error = errno;
  greg_t* registers = static_cast<ucontext_t*>(context)->uc_mcontext.gregs;
  const auto call = static_cast<unsigned>(info->si_syscall);
  if (call >= 1024 || told[call].fetch_add(1, std::memory_order_relaxed) < kTold) {
    Line line;
    line.text("refused: system call ");
    line.number(call, 10);
    for (const int r : {REG_RDI, REG_RSI, REG_RDX, REG_R10, REG_R8, REG_R9}) {
      line.text(" 0x");
      line.number(static_cast<std::uint64_t>(registers[r]), 16);
    }
    line.text("\n");
    line.write_out();
  }
  registers[REG_RAX] = -EPERM;
  errno = error;
}

}  // namespace

Status catch_refused_calls() {
  struct sigaction action {};
  action.sa_sigaction = on_refused;
  action.sa_flags = SA_SIGINFO | SA_NODEFER;
  sigemptyset(&action.sa_mask);
  if (sigaction(SIGSYS, &action, nullptr) != 0) return errno_error("catch SIGSYS", "worker");
  return success();
}

}  // namespace aisp
