// How much of the device's memory is free is the same number for everybody: who takes 64 MiB or leaves it says one bit
// to all others. Shown with two contexts of one process, which stand for two candidates of one author.
#include "../device.cuh"
#include "../outcome.h"
#include "../second_context.cuh"

namespace {

constexpr std::size_t kBitBytes = std::size_t{64} << 20;
constexpr std::uint32_t kMessage = 0xb5c3;  // 16 bits
constexpr int kBits = 16, kTalksInCall = 40;

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {
    if (!other_) corpus::not_tried("no second context");
  }
  void run(const aisp::Launch& launch) {
    corpus::hash(launch, corpus::stream_of(launch));
    if (++calls_ == kTalksInCall && other_ && corpus::in_a_sandbox()) talk();
  }

 private:
  std::size_t free_as_the_other_sees_it() const {
    const corpus::SecondContext::Entered entered(other_);
    std::size_t free = 0, total = 0;
    corpus::check(cudaMemGetInfo(&free, &total));
    return free;
  }

  void talk() {
    std::uint32_t heard = 0;
    for (int bit = 0; bit < kBits; ++bit) {
      const std::size_t before = free_as_the_other_sees_it();
      void* taken = nullptr;
      if ((kMessage >> bit & 1) != 0) corpus::check(cudaMalloc(&taken, kBitBytes));
      const std::size_t now = free_as_the_other_sees_it();
      if (now + kBitBytes / 2 < before) heard |= 1u << bit;
      corpus::check(cudaFree(taken));
    }
    if (heard == kMessage)
      corpus::succeeded("16 bits passed through the amount of free device memory");
    else
      corpus::declined("free device memory does not tell what others take");
  }

  corpus::SecondContext other_;
  int calls_ = 0;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "a wire of free memory");
