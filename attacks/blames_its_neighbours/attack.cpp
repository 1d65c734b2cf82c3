// Writes beyond the outputs in setup and whenever it is told to get its pages ready, which is no window of
// its own: whoever's window comes next is found with the damage.
#include <atomic>
#include <chrono>
#include <cstring>
#include <thread>

#include "../computations.h"
#include "../control_page.h"
#include "../outcome.h"
#include "aisp/implementation.h"

namespace {

constexpr std::uint32_t kPopulate = 1;

class Kernel {
 public:
  explicit Kernel(const aisp::Launch& launch) {
    // In setup outputs have no address yet, but their mapping is there.
    for (const corpus::Mapping& m : corpus::mappings())
      if (m.shared && m.writable && m.path.find("aisp-outputs") != std::string::npos) outputs_ = m;
    page_ = corpus::find_control_page(launch);
    if (outputs_.end == 0) {
      corpus::not_tried("no outputs are mapped");
      return;
    }
    damage();
  }
  ~Kernel() {
    stop_ = true;
    if (thread_.joinable()) thread_.join();
  }
  void run(const aisp::Launch& launch) {
    if (!page_) page_ = corpus::find_control_page(launch);
    if (!thread_.joinable() && page_ && outputs_.end != 0)
      thread_ = std::thread([this] { watch(); });
    corpus::Axpby(launch).compute();
  }

 private:
  void damage() const { std::memset(reinterpret_cast<void*>(outputs_.end - 64), 0x5a, 64); }
  void watch() const {
    while (!stop_) {
      if (page_.orders->command == kPopulate) damage();
      std::this_thread::sleep_for(std::chrono::microseconds(20));
    }
  }

  corpus::Mapping outputs_;
  corpus::ControlPage page_;
  std::atomic<bool> stop_ = false;
  std::thread thread_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "leaves damage for others");
