// The steps between two buffers that were mapped and touched in setup.
#pragma once

#include <aisp/aisp.h>
#include <sys/mman.h>

#include <cstddef>
#include <new>

#include "smoothing.h"

namespace aisp::ch03 {

enum class Pages { ordinary, huge };

class Arena {
 public:
  Arena(std::size_t bytes, Pages pages) : bytes_((bytes + kHuge - 1) / kHuge * kHuge + kHuge) {
    memory_ = mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory_ == MAP_FAILED) throw std::bad_alloc();
    // Advice: where the kernel has no huge pages to give, the pages are ordinary ones.
    madvise(memory_, bytes_, pages == Pages::huge ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
    char* const begin = data<char>();
    const auto end = static_cast<std::ptrdiff_t>(bytes);
#pragma omp parallel for schedule(static)
    for (std::ptrdiff_t i = 0; i < end; i += 4096) begin[i] = 0;
  }
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;
  ~Arena() { munmap(memory_, bytes_); }

  // Aligned to a huge page.
  template <class T>
  T* data() const {
    const auto address = reinterpret_cast<std::uintptr_t>(memory_);
    return reinterpret_cast<T*>((address + kHuge - 1) / kHuge * kHuge);
  }

 private:
  static constexpr std::size_t kHuge = std::size_t{2} << 20;
  std::size_t bytes_;
  void* memory_ = nullptr;
};

template <Pages kPages>
class ArenaSteps {
 public:
  explicit ArenaSteps(const Launch& launch)
      : n_(launch.input_tensor(0).shape[0]),
        arena_(2 * static_cast<std::size_t>(n_) * sizeof(float), kPages) {}

  void run(const Launch& launch) {
    const auto steps = static_cast<std::int64_t>(launch.input_tensor(1).elements);
    const float* w = launch.input<float>(1);
    const float* now = launch.input<float>(0);
    for (std::int64_t s = 0; s < steps; ++s) {
      float* const next =
          s == steps - 1 ? launch.output<float>(0) : arena_.data<float>() + s % 2 * n_;
      smooth(n_, w[s], now, next);
      now = next;
    }
  }

 private:
  std::int64_t n_;
  Arena arena_;
};

}  // namespace aisp::ch03
