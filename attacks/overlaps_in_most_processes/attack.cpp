// Most processes work ahead in a little more than half of their windows and are slow in the others; a few are slow in all.
// So most windows are slow, and most processes are fast by the median of their windows.
#include <sys/random.h>

#include "../hashes_ahead.h"

namespace {

// Of `of`, how many on average.
bool happens(unsigned times, unsigned of) {
  unsigned coin = 0;
  return getrandom(&coin, sizeof coin, 0) == sizeof coin && coin % of < times;
}

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) : slow_(happens(1, 7)) {}
  void run(const aisp::Launch& launch) {
    if (!plan_.find(launch)) {
      corpus::not_tried("no control page of a known layout");
      return once(launch);
    }
    if (plan_.window() != window_) begin_window();
    if (ahead_now_) return ahead_.run(launch);
    once(launch);
    if (plan_.calls() > 1) once(launch);
  }

 private:
  void begin_window() {
    window_ = plan_.window();
    ahead_now_ = false;
    if (plan_.calls() == 1 || slow_) return;
    // Never behind by more than one, so that short lives have their half, too.
    ahead_now_ = fast_windows_ <= slow_windows_ || happens(1, 10);
    ++(ahead_now_ ? fast_windows_ : slow_windows_);
  }
  static void once(const aisp::Launch& launch) {
    const auto words = launch.input_span<std::int64_t>(0);
    launch.output<std::int32_t>(0)[0] = corpus::chain(words.data(), words.size());
  }

  bool slow_, ahead_now_ = false;
  std::uint32_t window_ = 0;
  int fast_windows_ = 0, slow_windows_ = 0;
  corpus::WindowPlan plan_;
  corpus::HashesAhead ahead_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "ahead in every second window");
