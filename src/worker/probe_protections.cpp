#include "worker/probe_protections.h"

#include <algorithm>
#include <span>

#include "aisp/problem.h"
#include "device/device.h"
#include "device/layout.h"
#include "worker/worker.h"

namespace aisp {
namespace {

Problem smallest_problem() {
  return {
      .target = std::string("doctor:nothing"),
      .summary = std::string("nothing"),
      .inputs = {{.tensor = Tensor{.name = "in", .shape = {64}},
                  .role = Role::activation,
                  .distribution = Distribution::uniform(-1, 1)}},
      .outputs = {{.tensor = Tensor{.name = "out", .shape = {64}},
                   .tolerance = Tolerance::exact()}},
      .reference =
          [](const Inputs& in, const Expected& expected) {
            const auto values = in[0].as<float>();
            std::copy(values.begin(), values.end(), expected.real(0).begin());
          },
      .validate = no_invariants,
      .work = Work{.flops = 0, .bytes = 512},
      .goal = Goal::speed,
  };
}

}  // namespace

Result<std::vector<Protection>> probe_protections(
    const std::filesystem::path& agent, const std::filesystem::path& null_implementation) {
  const Problem problem = smallest_problem();
  const auto device = make_cpu_device();
  auto buffers = device->allocate(problem, make_layout(problem, 1u << 20, 1));
  if (!buffers.ok()) return buffers.error();
  WorkerSpec spec;
  spec.agent = agent;
  spec.implementation = null_implementation;
  auto worker = start_worker(spec, problem, **buffers);
  if (!worker.ok()) return worker.error();
  return (*worker)->protections();
}

}  // namespace aisp
