// Finds from the page of orders where the other sets' outputs lie and writes values into one that
// is not in the plan of this window, as a place to keep things.
#include <vector>

#include "../computations.h"
#include "../control_page.h"
#include "../outcome.h"
#include "aisp/implementation.h"

namespace {

// The buffers of set `to`, given those of the launch's own set `from`.
corpus::Axpby moved(const corpus::Axpby& job, const corpus::Orders& orders, std::uint32_t from,
                    std::uint32_t to) {
  const auto shift = [&](auto* p, std::uint64_t stride) {
    return p + (static_cast<std::int64_t>(to) - from) * static_cast<std::int64_t>(stride / 4);
  };
  corpus::Axpby result = job;
  result.x = shift(job.x, orders.inputs[0].set_stride);
  result.y = shift(job.y, orders.inputs[1].set_stride);
  result.out = shift(job.out, orders.outputs[0].set_stride);
  return result;
}

class Kernel {
 public:
  explicit Kernel(const aisp::Launch&) {}
  void run(const aisp::Launch& launch) {
    const corpus::Axpby job(launch);
    job.compute();
    if (!page_) page_ = corpus::find_control_page(launch);
    if (!page_) return corpus::not_tried("no control page of a known layout");
    const corpus::Orders& orders = *page_.orders;
    std::vector<bool> planned(orders.sets);
    for (std::uint32_t i = 0; i < orders.calls; ++i) planned[orders.plan[i]] = true;
    for (std::uint32_t set = 0; set < orders.sets; ++set) {
      if (planned[set]) continue;
      moved(job, orders, own_set(job, orders), set).out[0] = 42;
      return;
    }
  }

 private:
  // The set of this call: the planned one whose output lies where ours does.
  static std::uint32_t own_set(const corpus::Axpby& job, const corpus::Orders& orders) {
    for (const corpus::Mapping& m : corpus::mappings())
      if (m.holds(job.out))
        return static_cast<std::uint32_t>(
            (reinterpret_cast<std::uintptr_t>(job.out) - m.begin - orders.outputs[0].offset) /
            orders.outputs[0].set_stride);
    return 0;
  }

  corpus::ControlPage page_;
};

}  // namespace

AISP_IMPLEMENTATION_CLASS(Kernel, "writes into other sets");
