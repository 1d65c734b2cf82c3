// The implementation in the judge's own process: no sandbox, no sealed clock, for debuggers only.
#include <dlfcn.h>

#include <fmt/format.h>

#include "aisp/implementation.h"
#include "base/clock.h"
#include "worker/orders.h"
#include "worker/protocol.h"
#include "worker/worker.h"

namespace aisp {
namespace {

class InProcessWorker final : public Worker {
 public:
  InProcessWorker(const Problem& problem, const Buffers& buffers, std::byte* inputs,
                  std::byte* outputs, std::string file)
      : orders_(std::make_unique<protocol::Orders>()),
        inputs_(inputs),
        outputs_(outputs),
        file_(std::move(file)) {
    write_orders(problem, buffers.layout(), -1, *orders_);
    for (std::uint32_t p = 0; p < orders_->param_count; ++p)
      params_.push_back({orders_->params[p].name, orders_->params[p].value});
  }

  OrderOutcome setup(double) override {
    void* library = dlopen(file_.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) return {false, WorkerEnd::failed_load, dlerror()};
    implementation_ =
        static_cast<const aisp_implementation_v1*>(dlsym(library, "aisp_implementation"));
    if (implementation_ == nullptr || implementation_->abi_version != AISP_ABI_VERSION)
      return {false, WorkerEnd::failed_load, "it exports no aisp_implementation of this ABI"};
    const std::int64_t begin = monotonic_ns();
    const aisp_launch launch = prepare(orders_->sets);
    const int code =
        implementation_->setup == nullptr ? 0 : implementation_->setup(&launch, &state_);
    setup_ns_ = monotonic_ns() - begin;
    if (code != 0) return {false, WorkerEnd::failed_setup, fmt::format("setup returned {}", code)};
    return {true, WorkerEnd::alive, {}};
  }

  OrderOutcome populate(int) override { return {true, WorkerEnd::alive, {}}; }

  OrderOutcome run(std::span<const std::uint32_t> plan, double, Window& window) override {
    window.calls = static_cast<int>(plan.size());
    window.started_ns = monotonic_ns();
    for (const std::uint32_t set : plan) {
      const aisp_launch launch = prepare(set);
      const std::int64_t begin = monotonic_ns();
      const int code = implementation_->run(&launch, state_);
      const std::int64_t took = monotonic_ns() - begin;
      window.claim_ns += took;
      if (code != 0) return {false, WorkerEnd::failed_call, fmt::format("run returned {}", code)};
    }
    window.done_ns = window.sealed_ns = window.claim_span_ns = monotonic_ns() - window.started_ns;
    return {true, WorkerEnd::alive, {}};
  }

  OrderOutcome run_with_pause(std::span<const std::uint32_t> plan, double timeout_s, std::int64_t,
                              const std::function<void(bool)>& look, Window& window) override {
    const OrderOutcome outcome = run(plan, timeout_s, window);  // nobody here can be paused
    look(false);
    return outcome;
  }

  void settle(Window&) override {}

  void quit() override {
    if (implementation_ != nullptr && implementation_->teardown != nullptr)
      implementation_->teardown(state_);
  }

  std::int64_t setup_ns() const override { return setup_ns_; }
  std::uint64_t memory_peak_bytes() const override { return 0; }
  std::vector<Protection> protections() const override {
    return {{"sandbox", false, "the implementation runs in the judge's process"}};
  }
  std::string last_output() override { return {}; }
  int pid() const override { return 0; }

 private:
  // Tensors of one set; of setup (weights only) when `set` is the number of sets.
  aisp_launch prepare(std::uint64_t set) {
    tensors_.clear();
    const bool in_setup = set == orders_->sets;
    const auto add = [&](const protocol::TensorEntry& e) {
      std::byte* base = e.region == protocol::Region::inputs ? inputs_ : outputs_;
      aisp_tensor t{};
      t.name = e.name;
      t.data = in_setup && e.weight == 0 ? nullptr : base + e.offset + set * e.set_stride;
      t.dtype = e.dtype;
      t.ndim = e.rank;
      t.shape = e.shape;
      t.strides = e.strides;
      t.elements = e.elements;
      tensors_.push_back(t);
    };
    for (std::uint32_t i = 0; i < orders_->input_count; ++i) add(orders_->inputs[i]);
    for (std::uint32_t i = 0; i < orders_->output_count; ++i) add(orders_->outputs[i]);
    aisp_launch launch{};
    launch.inputs = tensors_.data();
    launch.outputs = tensors_.data() + orders_->input_count;
    launch.params = params_.data();
    launch.input_count = orders_->input_count;
    launch.output_count = orders_->output_count;
    launch.param_count = orders_->param_count;
    return launch;
  }

  std::unique_ptr<protocol::Orders> orders_;
  std::byte* inputs_;
  std::byte* outputs_;
  std::string file_;
  std::vector<aisp_tensor> tensors_;
  std::vector<aisp_param> params_;
  const aisp_implementation_v1* implementation_ = nullptr;
  void* state_ = nullptr;
  std::int64_t setup_ns_ = 0;
};

}  // namespace

Result<std::unique_ptr<Worker>> start_in_process(const WorkerSpec& spec, const Problem& problem,
                                                 const Buffers& buffers) {
  return std::unique_ptr<Worker>(new InProcessWorker(problem, buffers, buffers.inputs_data(),
                                                     buffers.outputs_data(),
                                                     spec.implementation.string()));
}

}  // namespace aisp
