// The work is done by a fiber, which is entered and left four times in a call.
#include <ucontext.h>

#include <vector>

#include "../../attacks/computations.h"
#include "aisp/implementation.h"

namespace {

constexpr std::size_t kParts = 4, kStackBytes = 1 << 20;

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) : stack_(kStackBytes) {
    current = this;
    getcontext(&fiber_);
    fiber_.uc_stack.ss_sp = stack_.data();
    fiber_.uc_stack.ss_size = stack_.size();
    fiber_.uc_link = &home_;
    makecontext(&fiber_, &Kernel::body, 0);
  }
  void run(const aisp::Launch& launch) {
    job_ = corpus::Axpby(launch);
    for (part_ = 0; part_ < kParts; ++part_) swapcontext(&home_, &fiber_);
  }

 private:
  static void body() {
    for (Kernel* k = current;; swapcontext(&k->fiber_, &k->home_))
      k->job_.compute(k->part_ * k->job_.n / kParts, (k->part_ + 1) * k->job_.n / kParts);
  }
  static inline Kernel* current = nullptr;
  ucontext_t home_{}, fiber_{};
  std::vector<char> stack_;
  corpus::Axpby job_;
  std::size_t part_ = 0;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "a fiber");
