// A coroutine that yields block after block.
#include <coroutine>

#include "../../attacks/computations.h"
#include "aisp/implementation.h"

namespace {

struct Blocks {
  struct promise_type {
    std::size_t block = 0;
    Blocks get_return_object() {
      return {std::coroutine_handle<promise_type>::from_promise(*this)};
    }
    std::suspend_always initial_suspend() { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    std::suspend_always yield_value(std::size_t at) {
      block = at;
      return {};
    }
    void return_void() {}
    void unhandled_exception() {}
  };
  std::coroutine_handle<promise_type> handle;
};

Blocks blocks(std::size_t n) {
  for (std::size_t at = 0; at < n; at += 4096) co_yield at;
}

void run(const aisp::Launch& launch) {
  const corpus::Axpby job(launch);

  const Blocks all = blocks(job.n);
  for (all.handle.resume(); !all.handle.done(); all.handle.resume())
    job.compute(all.handle.promise().block, all.handle.promise().block + 4096);
  all.handle.destroy();
}

}  // namespace

AISP_IMPLEMENTATION(run, "a coroutine that yields block after block");
