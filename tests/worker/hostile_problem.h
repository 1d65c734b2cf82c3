// The problem of hostile_module.cpp, out = 2 x, with all that a worker for it needs.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>

#include "device/device.h"
#include "worker/hostile_mode.h"
#include "worker/worker.h"

namespace aisp::testing {

inline constexpr std::int64_t kHostileElements = 192;

inline Problem hostile_problem(Mode mode, double value = 0) {
  const auto reference = [](const Inputs& in, const Expected& expected) {
    const auto x = in[0].as<float>();
    for (std::size_t i = 0; i < x.size(); ++i)
      expected.real(0)[i] = 2.0 * static_cast<double>(x[i]);
  };
  return {
      .target = "test:hostile",
      .summary = "out = 2 x",
      .inputs = {{.tensor = Tensor{.name = "x", .shape = {kHostileElements}},
                  .role = Role::activation,
                  .distribution = Distribution::uniform(-1, 1)}},
      .outputs = {{.tensor = Tensor{.name = "out", .shape = {kHostileElements}},
                   .tolerance = Tolerance::for_dtype(Dtype::fp32)}},
      .params = {{"mode", static_cast<double>(mode)}, {"value", value}},
      .reference = reference,
      .validate = no_invariants,
      .work = Work{.flops = 1.0 * kHostileElements, .bytes = 8.0 * kHostileElements},
      .goal = Goal::speed,
  };
}

// Buffers with drawn inputs, and workers for them.
struct HostileBench {
  explicit HostileBench(Mode mode, double value = 0, int sets = 16)
      : problem(hostile_problem(mode, value)), device(make_cpu_device()) {
    auto made = device->allocate(problem, make_layout(problem, 1 << 24, sets));
    if (!made.ok()) {
      ADD_FAILURE() << made.error().message();
      return;
    }
    buffers = std::move(*made);
    key.bytes[0] = 42;
    buffers->draw_inputs(key, 0, sets);
    buffers->poison(key, 0, sets, 0x7ff4dead7ff4beefull);
    spec.agent = AISP_AGENT;
    spec.implementation = AISP_HOSTILE_MODULE;
  }

  // Null, and a failed test, when the sandbox cannot be started.
  std::unique_ptr<Worker> start() const {
    auto worker = start_worker(spec, problem, *buffers);
    if (worker.ok()) return std::move(*worker);
    ADD_FAILURE() << worker.error().message();
    return nullptr;
  }

  Problem problem;
  std::unique_ptr<Device> device;
  std::unique_ptr<Buffers> buffers;
  Key key;
  WorkerSpec spec;
};

}  // namespace aisp::testing
