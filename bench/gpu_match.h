// Runs work of known length on a GPU through the production judge, for the programs in this folder.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "bench/kernels/gpu_work.h"
#include "bench/testbed_match.h"
#include "device/device.h"

namespace bench {

inline aisp::Problem gpu_problem(GpuWork mode, double ns, std::int64_t elements = 8) {
  const auto tensor = [&](const char* name) {
    return aisp::Tensor{.name = name, .dtype = aisp::Dtype::int64, .shape = {elements}};
  };
  return {
      .target = "bench:gpu_work",
      .summary = "out = in ^ a constant, after a known time",
      .inputs = {{.tensor = tensor("in"),
                  .role = aisp::Role::activation,
                  .distribution = aisp::Distribution::integers(0, 1'000'000'000)}},
      .outputs = {{.tensor = tensor("out"), .tolerance = aisp::Tolerance::exact()}},
      .params = {{"mode", static_cast<double>(mode)}, {"ns", ns}},
      .reference =
          [](const aisp::Inputs& in, const aisp::Expected& expected) {
            const auto values = in[0].as<std::int64_t>();
            const auto out = expected.integer(0);
            for (std::size_t i = 0; i < out.size(); ++i) out[i] = values[i] ^ kMask;
          },
      .validate = aisp::no_invariants,
      .work = aisp::Work{.flops = static_cast<double>(elements),
                         .bytes = 16.0 * static_cast<double>(elements)},
      .goal = aisp::Goal::speed,
  };
}

inline aisp::Device& gpu() {
  static const std::unique_ptr<aisp::Device> device = [] {
    auto made = aisp::make_cuda_device(0);
    if (!made) {
      std::fprintf(stderr, "not run: %s\n", made.error().message().c_str());
      std::exit(2);
    }
    return std::move(*made);
  }();
  return *device;
}

inline aisp::JudgeOptions gpu_options() {
  aisp::JudgeOptions options = default_options();
  options.null_implementation = binary_dir() / "aisp-null-cuda.so";
  return options;
}

// The same work as baseline and as `candidates` candidates.
inline aisp::TargetResult judge_gpu(const aisp::Problem& problem, int candidates,
                                    const aisp::JudgeOptions& options,
                                    const aisp::ProgressSink& progress = {}) {
  const aisp::LoadedProblem loaded(problem);
  const auto file = binary_dir() / "bench_gpu_work.so";
  std::vector<aisp::Contestant> contestants = {{"baseline", aisp::Part::baseline, file}};
  for (int i = 0; i < candidates; ++i)
    contestants.push_back({"optimized_" + std::to_string(i), aisp::Part::optimized, file});
  return aisp::judge_target(loaded, contestants, gpu(), options, progress);
}

}  // namespace bench
