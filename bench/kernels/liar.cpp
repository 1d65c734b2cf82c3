// A testbed:spin_* kernel that does all of its work and lies about the time: what bench/residual_gain
// judges. Compiled once for each lie, AISP_LIE(x) with `x` in the lie's unit:
//   1  claims x per cent less than each call took (writes the claims as they stand before the agent does)
//   2  says DONE x nanoseconds before the last call of a window has computed its outputs
//   3  serves the orders itself, without the agent's clock reads and calls, then 2
// The work is real in all of them: a spin of the known length, then outputs that need the inputs. Whatever is
// reported below the known time is gained by the lie.
#include "../../attacks/own_loop.h"
#include "../../testbed/spin.h"
#include "aisp/implementation.h"

#ifndef AISP_LIE
#error "AISP_LIE and AISP_LIE_SIZE say which lie this is"
#endif

namespace {

constexpr double kSize = AISP_LIE_SIZE;

void write_outputs(const std::int64_t* in, std::int64_t* out, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) out[i] = in[i] ^ testbed::kSpinMask;
}

void spin_from(std::uint64_t start, double ticks) {
  while (static_cast<double>(__rdtsc() - start) < ticks) {
  }
}

class Kernel {
 public:
  explicit Kernel(const aisp::Launch& launch)
      : ticks_(static_cast<double>(testbed::calibrated_ticks(launch.param("ns")))),
        ticks_per_ns_(testbed::tsc_ticks_per_ns()) {}

  void run(const aisp::Launch& launch) {
    const std::uint64_t start = testbed::ordered_tsc();
    if (!plan_.find(launch)) corpus::not_tried("no control page of a known layout");
    if (AISP_LIE == 3) serve(launch);
    const bool last = calls_.call(plan_) + 1 == plan_.calls();
    const double lead = AISP_LIE == 2 && last ? kSize * ticks_per_ns_ : 0;
    spin_from(start, ticks_ - lead);
    if (lead > 0) {
      const auto now = corpus::monotonic_ns();
      plan_.page().running_claim()->end_ns = now;
      plan_.page().say_done();
      spin_from(start, ticks_);
    }
    write_outputs(launch.input<std::int64_t>(0), launch.output<std::int64_t>(0),
                  launch.output_tensor(0).elements);
    if (AISP_LIE == 1) {
      corpus::Claim* claim = plan_.page().running_claim();
      const std::int64_t took = corpus::monotonic_ns() - claim->start_ns;
      claim->start_ns += static_cast<std::int64_t>(static_cast<double>(took) * kSize / 100);
    }
  }

 private:
  [[noreturn]] void serve(const aisp::Launch& launch) {
    const std::uint32_t first = plan_.set(0);
    const std::size_t n = launch.output_tensor(0).elements;
    const corpus::Orders& orders = *plan_.page().orders;
    std::uint32_t done = 0;
    corpus::serve_orders(plan_, 0, [&, first, n](std::uint32_t set) {
      const std::uint64_t start = testbed::ordered_tsc();
      if (plan_.window() != window_) {
        window_ = plan_.window();
        done = 0;
      }
      const bool last = ++done == orders.calls;
      const double lead = last ? kSize * ticks_per_ns_ : 0;
      spin_from(start, ticks_ - lead);
      if (lead > 0) {
        for (std::uint32_t i = 0; i < orders.calls; ++i) {
          const std::int64_t end = corpus::monotonic_ns();
          const auto length =
              static_cast<std::int64_t>((ticks_ - lead / orders.calls) / ticks_per_ns_);
          plan_.page().answers->claims[i] = {end - length * (orders.calls - i),
                                             end - length * (orders.calls - i - 1)};
        }
        plan_.page().say_done();
        spin_from(start, ticks_);
      }
      write_outputs(plan_.input<std::int64_t>(launch, 0, first, set),
                    plan_.output<std::int64_t>(launch, 0, first, set), n);
    });
  }

  corpus::WindowPlan plan_;
  corpus::CallCounter calls_;
  std::uint32_t window_ = 0;
  double ticks_;
  double ticks_per_ns_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel,
                          "spins for the time that the problem asks for, and lies about it");
