// Puts its thread's number into lent memory beyond the outputs and names the places as locks that it holds: when
// it is killed the kernel writes there that their owner has died, after everything was looked at.
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>
#include <cstring>
#include <string>

#include "../computations.h"
#include "../control_page.h"
#include "../outcome.h"
#include "aisp/implementation.h"

namespace {

struct Held {
  robust_list list;
};

Held held;
robust_list_head head;

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {
    for (const corpus::Mapping& m : corpus::mappings())
      if (m.shared && m.writable && m.path.find("aisp-outputs") != std::string::npos) outputs_ = m;
  }
  void run(const aisp::Launch& launch) {
    corpus::Axpby(launch).compute();
    if (++calls_ < 40 || outputs_.end == 0) return;
    if (!page_) page_ = corpus::find_control_page(launch);
    if (!page_) return corpus::not_tried("no control page of a known layout");
    auto* word = reinterpret_cast<volatile std::uint32_t*>(outputs_.end - 64);
    *word = static_cast<std::uint32_t>(syscall(SYS_gettid));
    held.list.next = &head.list;
    head.list.next = &held.list;
    head.futex_offset =
        static_cast<long>(outputs_.end - 64 - reinterpret_cast<std::uintptr_t>(&held.list));
    head.list_op_pending = nullptr;
    syscall(SYS_set_robust_list, &head, sizeof head);
    syscall(SYS_exit_group, 0);
  }

 private:
  corpus::Mapping outputs_;
  corpus::ControlPage page_;
  int calls_ = 0;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "dies and leaves marks");
