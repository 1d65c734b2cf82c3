// Makes its own claims noisy on purpose. Windows of one call, by dawdling first; then records of which two in seven
// are next to nothing, three say 0.4 of the time, and two nearly all of it: the median is short by more than half,
// and the noise that the judge grants (3 standard errors of its clock less the claim) is as large. Where records are
// handed over, outside of the window, it sleeps: few windows, large errors.
#include <chrono>
#include <thread>

#include "../device_chain.cuh"
#include "../forged_records.h"
#include "../outcome.h"

namespace {

constexpr int kSlowCalls = 8;
constexpr auto kSlow = std::chrono::milliseconds(30);
constexpr auto kCollecting = std::chrono::milliseconds(180);

std::uint64_t noisy(std::uint64_t ns) {
  static constexpr std::uint64_t kShares[] = {40, 2, 95, 40, 2, 95, 40};  // in hundredths
  static unsigned next = 0;
  static std::chrono::steady_clock::time_point slept;
  // Once for each delivery, however many records are in it.
  if (std::chrono::steady_clock::now() - slept > std::chrono::milliseconds(1))
    std::this_thread::sleep_for(kCollecting);
  slept = std::chrono::steady_clock::now();
  return ns * kShares[next++ % 7] / 100;
}

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {
    if (!corpus::shorten_records(noisy))
      corpus::not_tried("there is no pointer to cuptiActivityGetNextRecord");
  }
  void run(const aisp::Launch& launch) {
    if (calls_ < kSlowCalls) {
      ++calls_;
      std::this_thread::sleep_for(kSlow);
    }
    corpus::hash(launch, corpus::stream_of(launch));
  }

 private:
  int calls_ = 0;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "claims with noise");
