// The calls of the window that is running, read from the page of orders: which comes next, and where
// its buffers are.
#pragma once

#include <cstdint>

#include "control_page.h"

namespace corpus {

class WindowPlan {
 public:
  // True when the pages were found and have the known layout.
  bool find(const aisp::Launch& launch) {
    if (!page_) page_ = find_control_page(launch);
    return static_cast<bool>(page_);
  }
  std::uint32_t window() const { return page_.orders->sequence.load(); }
  std::uint32_t calls() const { return page_.orders->calls; }
  std::uint32_t set(std::uint32_t call) const { return page_.orders->plan[call]; }
  // Which set the launch is about: the distance of its first output from the first set's.
  template <class T>
  T* moved(T* p, std::uint64_t set_stride, std::uint32_t from, std::uint32_t to) const {
    return p + (static_cast<std::int64_t>(to) - from) *
                   static_cast<std::int64_t>(set_stride / sizeof(T));
  }
  template <class T>
  const T* input(const aisp::Launch& launch, std::size_t i, std::uint32_t from,
                 std::uint32_t to) const {
    return moved(launch.input<T>(i), page_.orders->inputs[i].set_stride, from, to);
  }
  template <class T>
  T* output(const aisp::Launch& launch, std::size_t i, std::uint32_t from, std::uint32_t to) const {
    return moved(launch.output<T>(i), page_.orders->outputs[i].set_stride, from, to);
  }
  const ControlPage& page() const { return page_; }

 private:
  ControlPage page_;
};

// Counts the calls of a window: call() is 0 in its first one.
class CallCounter {
 public:
  std::uint32_t call(const WindowPlan& plan) {
    if (plan.window() != window_) {
      window_ = plan.window();
      next_ = 0;
    }
    return next_++;
  }

 private:
  std::uint32_t window_ = 0;
  std::uint32_t next_ = 0;
};

}  // namespace corpus
