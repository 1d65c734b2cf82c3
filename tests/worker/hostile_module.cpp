// An implementation for tests: doubles x, and does what the parameter `mode` says besides.
#include <dlfcn.h>
#include <linux/futex.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <thread>

#include "aisp/implementation.h"
#include "worker/hostile_mode.h"
#include "worker/protocol.h"

namespace {

using aisp::testing::Mode;
namespace protocol = aisp::protocol;

protocol::Answers* find_answers() {
  std::FILE* maps = std::fopen("/proc/self/maps", "r");
  if (maps == nullptr) return nullptr;
  char line[512];
  protocol::Answers* answers = nullptr;
  while (std::fgets(line, sizeof line, maps) != nullptr) {
    unsigned long begin = 0;
    if (std::strstr(line, "aisp-answers") != nullptr && std::sscanf(line, "%lx", &begin) == 1)
      answers = reinterpret_cast<protocol::Answers*>(begin);
  }
  std::fclose(maps);
  return answers;
}

// Marsaglia's xorshift64.
struct Random {
  std::uint64_t state;
  std::uint64_t next() {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
  }
};

// Random bytes at a random place of the page, the header as often as all the rest.
void scribble(protocol::Answers* answers, Random& random) {
  constexpr std::size_t kHeader = offsetof(protocol::Answers, claims);
  auto* const page = reinterpret_cast<unsigned char*>(answers);
  const std::size_t limit = random.next() % 2 == 0 ? kHeader : sizeof(protocol::Answers);
  const std::size_t begin = random.next() % limit;
  const std::size_t bytes = 1 + random.next() % 256;
  for (std::size_t i = begin; i < begin + bytes && i < limit; ++i)
    reinterpret_cast<volatile unsigned char*>(page)[i] =
        static_cast<unsigned char>(random.next() >> 32);
}

// Extremes where numbers are, and a message without an end.
void fill_with_extremes(protocol::Answers* answers, Random& random) {
  constexpr std::int64_t kExtremes[] = {INT64_MIN, INT64_MAX, -1, 0, 1, INT64_MIN + 1};
  for (protocol::Claim& claim : answers->claims) {
    claim.start_ns = kExtremes[random.next() % 6];
    claim.end_ns = kExtremes[random.next() % 6];
  }
  answers->calls_done = static_cast<std::uint32_t>(random.next());
  answers->probes_allowed = static_cast<std::uint32_t>(random.next());
  answers->setup_ns = kExtremes[random.next() % 6];
  std::memset(answers->message, static_cast<int>(1 + random.next() % 255), sizeof answers->message);
}

struct Doubling {
  const float* x;
  float* out;
  std::size_t elements;
};

void double_it(void* work) {
  const auto& doubling = *static_cast<const Doubling*>(work);
  for (std::size_t i = 0; i < doubling.elements; ++i) doubling.out[i] = 2 * doubling.x[i];
}

// cuLaunchHostFunc of the driver that the agent has opened.
void* of_the_driver(const char* function) {
  return dlsym(dlopen(std::getenv("AISP_CUDA_DRIVER"), RTLD_NOW | RTLD_NOLOAD), function);
}

void double_on_the_stream(const aisp::Launch& launch) {
  using LaunchHostFunction = int (*)(void*, void (*)(void*), void*);
  static const auto launch_host_function =
      reinterpret_cast<LaunchHostFunction>(of_the_driver("cuLaunchHostFunc"));
  const auto out = launch.output_span<float>(0);
  // Never freed: a graph that was captured may call back as long as the process lives.
  auto* work = new Doubling{launch.input_span<float>(0).data(), out.data(), out.size()};
  launch_host_function(launch.stream<void*>(), double_it, work);
}

class Kernel {
 public:
  explicit Kernel(const aisp::Launch& launch)
      : mode_(static_cast<Mode>(static_cast<int>(launch.param("mode")))),
        value_(launch.param("value")),
        answers_(find_answers()) {
    if (answers_ == nullptr)
      throw std::exception();  // a test that scribbles nowhere proves nothing
    if (mode_ == Mode::pinned) {
      const cpu_set_t mine = only_processor();
      sched_setaffinity(0, sizeof mine, &mine);
    }
    if (mode_ == Mode::blocks_in_setup)
      for (;;) pause();
    if (mode_ == Mode::scribbling_thread)
      std::thread([answers = answers_] {
        Random random{0x9e3779b97f4a7c15ull};
        for (;;) {
          scribble(answers, random);
          for (int i = 0; i < 2000; ++i) __asm__ volatile("");
        }
      }).detach();
  }

  void run(const aisp::Launch& launch) {
    if (mode_ == Mode::on_the_stream) {
      for (int i = 0; i < std::abs(static_cast<int>(value_)); ++i) double_on_the_stream(launch);
      if (value_ < 0)
        reinterpret_cast<int (*)(void*)>(of_the_driver("cuStreamSynchronize"))(
            launch.stream<void*>());
      return;
    }
    const auto x = launch.input_span<float>(0);
    const auto out = launch.output_span<float>(0);
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = 2 * x[i];
    std::uint32_t seed = 1;
    std::memcpy(&seed, x.data(), sizeof seed);
    random_.state ^= (std::uint64_t{seed} << 1) | 1;
    switch (mode_) {
      case Mode::scribbles:
        if (random_.next() % 8 == 0) fill_with_extremes(answers_, random_);
        if (random_.next() % 4 != 0) scribble(answers_, random_);
        break;
      case Mode::forges_status:
        fill_with_extremes(answers_, random_);
        answers_->status = static_cast<protocol::Status>(static_cast<std::int32_t>(value_));
        for (std::uint32_t next = answers_->sequence.load() + 1;; pause()) {
          answers_->sequence.store(next, std::memory_order_release);
          syscall(SYS_futex, &answers_->sequence, FUTEX_WAKE, 1, nullptr, nullptr, 0);
        }
      case Mode::blocks_in_run:
        for (;;) pause();
      case Mode::wrong_in_one_element: out[static_cast<std::size_t>(value_)] += 1; break;
      case Mode::wrong_in_one_call:
        if (++calls_ == static_cast<int>(value_)) out[0] += 1;
        break;
      case Mode::spins:
        for (int i = 0; i < static_cast<int>(value_); ++i) __asm__ volatile("");
        break;
      case Mode::slow_at_first:
        if (++calls_ <= static_cast<int>(value_)) usleep(20'000);
        break;
      case Mode::dies_in_call:
        if (++calls_ == static_cast<int>(value_)) _exit(7);
        break;
      case Mode::pinned:
        if (!comes_to_its_processor()) out[0] += 1;
        break;
      case Mode::on_the_stream:
      case Mode::honest:
      case Mode::scribbling_thread:
      case Mode::blocks_in_setup: break;
    }
  }

 private:
  cpu_set_t only_processor() const {
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(static_cast<std::size_t>(value_), &one);
    return one;
  }
  bool comes_to_its_processor() const {
    const cpu_set_t mine = only_processor();
    for (int i = 0; i < 20; ++i) {
      cpu_set_t now;
      if (sched_getaffinity(0, sizeof now, &now) == 0 && CPU_EQUAL(&now, &mine) != 0) return true;
      usleep(1000);
    }
    return false;
  }

  Mode mode_;
  double value_;
  protocol::Answers* answers_;
  Random random_{88172645463325252ull};
  int calls_ = 0;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "doubles x, and is hostile in the way that `mode` says");
