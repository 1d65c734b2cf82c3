#include "problem/loader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <functional>
#include <limits>
#include <utility>
#include <vector>

namespace aisp {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Problem well_formed() {
  return {
      .target = "ch01:sum",
      .summary = "a sum",
      .inputs = {{.tensor = Tensor{.name = "x", .shape = {4}},
                  .role = Role::activation,
                  .distribution = Distribution::uniform(0, 1)},
                 {.tensor = Tensor{.name = "y", .shape = {4}},
                  .role = Role::in_out,
                  .distribution = Distribution::uniform(0, 1)}},
      .outputs = {{.tensor = Tensor{.name = "y", .shape = {4}},
                   .tolerance = Tolerance::for_dtype(Dtype::fp32)},
                  {.tensor = Tensor{.name = "z", .shape = {2}},
                   .tolerance = Tolerance::for_dtype(Dtype::fp32)}},
      .params = {{"alpha", 2}},
      .reference = [](const Inputs&, const Expected&) {},
      .validate = no_invariants,
      .work = Work{.flops = 4, .bytes = 32},
      .goal = Goal::speed,
  };
}

TEST(ProblemFaults, AWellFormedProblemHasNone) {
  EXPECT_THAT(problem_faults(well_formed()), IsEmpty());
}

Tensor& input_tensor(Problem& p, std::size_t i) {
  return const_cast<Tensor&>(p.inputs[i].tensor.get());
}
Tensor& output_tensor(Problem& p, std::size_t i) {
  return const_cast<Tensor&>(p.outputs[i].tensor.get());
}

struct Fault {
  const char* says;
  std::function<void(Problem&)> make;
};

constexpr std::int64_t kLargest = std::numeric_limits<std::int64_t>::max();
const double kNan = std::nan("");
const double kInfinity = std::numeric_limits<double>::infinity();

const Fault kFaults[] = {
    {"target must be named like", [](Problem& p) { p.target = std::string("sum"); }},
    {"summary is empty", [](Problem& p) { p.summary = std::string(); }},
    {"outputs is empty", [](Problem& p) { p.outputs.clear(), p.inputs.pop_back(); }},
    {"inputs is empty", [](Problem& p) { p.inputs.clear(); }},
    {"more than 64 inputs or outputs",
     [](Problem& p) {
       for (int i = 0; i < 64; ++i) {
         p.inputs.push_back(p.inputs[0]);
         input_tensor(p, p.inputs.size() - 1).name = "x" + std::to_string(i);
       }
     }},
    {"more than 64 params",
     [](Problem& p) {
       p.params.assign(65, {"p", 1});
     }},
    {"params[0] ''.name is empty", [](Problem& p) { p.params[0].name = ""; }},
    {".name is longer than 63",
     [](Problem& p) {
       p.params = {{std::string(64, 'n'), 1}};
     }},
    {"params[1] 'alpha': the name is taken", [](Problem& p) { p.params.push_back(p.params[0]); }},
    {"reference is an empty function",
     [](Problem& p) { p.reference = std::function<void(const Inputs&, const Expected&)>(); }},
    {"validate is an empty function",
     [](Problem& p) { p.validate = std::function<std::string(const Inputs&, Outputs)>(); }},
    {"work needs",
     [](Problem& p) {
       p.work = Work{-1, 1};
     }},
    {"work needs",
     [](Problem& p) {
       p.work = Work{1, 0};
     }},
    {"work needs",
     [](Problem& p) {
       p.work = Work{kNan, 1};
     }},
    {"work needs",
     [](Problem& p) {
       p.work = Work{1, kNan};
     }},
    {"inputs[0] ''.name is empty", [](Problem& p) { input_tensor(p, 0).name = ""; }},
    {".name is longer than 63", [](Problem& p) { input_tensor(p, 0).name = std::string(64, 'n'); }},
    {"inputs[0] 'x'.shape has more than 8",
     [](Problem& p) { input_tensor(p, 0).shape.assign(9, 1); }},
    {"inputs[0] 'x'.shape has the extent 0", [](Problem& p) { input_tensor(p, 0).shape = {0}; }},
    {"outputs[1] 'z'.shape has the extent -3",
     [](Problem& p) { output_tensor(p, 1).shape = {-3}; }},
    // 2^64 elements, which is none in 64 bits.
    {"inputs[0] 'x': .shape and .strides ask for more",
     [](Problem& p) {
       input_tensor(p, 0).shape = {std::int64_t{1} << 32, std::int64_t{1} << 32};
     }},
    {"outputs[1] 'z': .shape and .strides ask for more",
     [](Problem& p) { output_tensor(p, 1).shape.assign(8, kLargest); }},
    // Four bytes each: 2^48.
    {"outputs[1] 'z': .shape and .strides ask for more",
     [](Problem& p) { output_tensor(p, 1).shape = {std::int64_t{1} << 46}; }},
    {"inputs[0] 'x': .shape and .strides ask for more",
     [](Problem& p) {
       input_tensor(p, 0).shape = {2, 2};
       input_tensor(p, 0).strides = {kLargest, kLargest};
     }},
    // In-out: the sizes are not computed to compare the two.
    {"inputs[1] 'y': .shape and .strides ask for more",
     [](Problem& p) {
       input_tensor(p, 1).shape = output_tensor(p, 0).shape = {kLargest, kLargest};
     }},
    {"outputs[1] 'z'.strides overlap",
     [](Problem& p) {
       output_tensor(p, 1).shape = {3, 4};
       output_tensor(p, 1).strides = {3, 1};
     }},
    {"outputs[1] 'z'.strides overlap",
     [](Problem& p) {
       output_tensor(p, 1).shape = {2, 2};
       output_tensor(p, 1).strides = {1, 1};
     }},
    {"inputs[0] 'x'.strides and .shape differ",
     [](Problem& p) {
       input_tensor(p, 0).strides = {4, 1};
     }},
    {"inputs[0] 'x'.strides has -1", [](Problem& p) { input_tensor(p, 0).strides = {-1}; }},
    {"inputs[0] 'x'.strides has 0", [](Problem& p) { input_tensor(p, 0).strides = {0}; }},
    {"outputs[1] 'z'.alignment", [](Problem& p) { output_tensor(p, 1).alignment = 48; }},
    {"outputs[1] 'z'.alignment", [](Problem& p) { output_tensor(p, 1).alignment = 0; }},
    {"outputs[1] 'z'.alignment", [](Problem& p) { output_tensor(p, 1).alignment = 8192; }},
    {"outputs[1] 'z'.dtype is unknown",
     [](Problem& p) { output_tensor(p, 1).dtype = static_cast<Dtype>(77); }},
    {"custom and has no generator",
     [](Problem& p) { p.inputs[0].distribution = Distribution::custom({}); }},
    {"uniform needs low < high",
     [](Problem& p) { p.inputs[0].distribution = Distribution::uniform(1, 1); }},
    {"uniform needs low < high",
     [](Problem& p) { p.inputs[0].distribution = Distribution::uniform(kNan, 1); }},
    {"integers need low <= high",
     [](Problem& p) { p.inputs[0].distribution = Distribution::integers(2, 1); }},
    {"a permutation needs an integer dtype",
     [](Problem& p) { p.inputs[0].distribution = Distribution::permutation(); }},
    {"a parameter that is not finite",
     [](Problem& p) { p.inputs[0].distribution = Distribution::normal(0, kInfinity); }},
    {"inputs[1] 'x': the name is taken", [](Problem& p) { p.inputs[1] = p.inputs[0]; }},
    {"outputs[1] 'y': the name is taken", [](Problem& p) { p.outputs[1] = p.outputs[0]; }},
    {"in-out, and no output has its name", [](Problem& p) { output_tensor(p, 0).name = "q"; }},
    {"differ in dtype, shape, strides or placement",
     [](Problem& p) { output_tensor(p, 0).shape = {5}; }},
    {"differ in dtype, shape, strides or placement",
     [](Problem& p) { output_tensor(p, 0).dtype = Dtype::int32; }},
    {"outputs[1] 'x' has the name of an input that is not in-out",
     [](Problem& p) { output_tensor(p, 1).name = "x"; }},
    {"outputs[1] 'z'.tolerance has a part that is negative",
     [](Problem& p) { p.outputs[1].tolerance = Tolerance{.rtol = -1, .why = "because"}; }},
    {"outputs[1] 'z'.tolerance has a part that is negative or not finite",
     [](Problem& p) { p.outputs[1].tolerance = Tolerance{.atol = kInfinity, .why = "because"}; }},
    {"outputs[1] 'z'.tolerance has a part that is negative or not finite",
     [](Problem& p) { p.outputs[1].tolerance = Tolerance{.rms = kNan, .why = "because"}; }},
    {"outputs[1] 'z'.tolerance is looser than the default",
     [](Problem& p) { p.outputs[1].tolerance = Tolerance{.rtol = 0.5, .why = {}}; }},
};

TEST(ProblemFaults, EachIllFormedPartIsNamed) {
  for (std::size_t i = 0; i < std::size(kFaults); ++i) {
    Problem problem = well_formed();
    kFaults[i].make(problem);
    std::string all;
    for (const std::string& fault : problem_faults(problem)) all += fault + "\n";
    EXPECT_THAT(all, HasSubstr(kFaults[i].says)) << "fault " << i;
  }
}

TEST(ProblemFaults, AnInOutTensorHasOnePlacement) {
  Problem problem = well_formed();
  input_tensor(problem, 0).placement = Placement::host;
  output_tensor(problem, 1).placement = Placement::host;
  EXPECT_THAT(problem_faults(problem), IsEmpty());
  for (std::size_t i = 0; i < problem.inputs.size(); ++i)
    if (problem.inputs[i].role.get() == Role::in_out)
      input_tensor(problem, i).placement = Placement::host;
  EXPECT_THAT(problem_faults(problem),
              ElementsAre(HasSubstr("differ in dtype, shape, strides or placement")));
}

TEST(ProblemFaults, AReasonMakesALooserToleranceGood) {
  Problem problem = well_formed();
  problem.outputs[1].tolerance = Tolerance{.rtol = 0.5, .why = "it is a guess"};
  EXPECT_THAT(problem_faults(problem), IsEmpty());
}

TEST(ProblemFaults, StridesThatLeaveGapsOrSwapDimensionsAreGood) {
  const std::vector<std::pair<std::vector<std::int64_t>, std::vector<std::int64_t>>> good = {
      {{3, 4}, {5, 1}},
      {{3, 4}, {1, 3}},
      {{2, 3, 4}, {12, 1, 3}},
      {{1, 4}, {1, 1}},
      {{4, 1}, {2, 2}}};
  for (const auto& [shape, strides] : good) {
    Problem problem = well_formed();
    output_tensor(problem, 1).shape = shape;
    output_tensor(problem, 1).strides = strides;
    EXPECT_THAT(problem_faults(problem), IsEmpty());
  }
}

// Rows of a sliding window.
TEST(ProblemFaults, StridesOfAnInputThatIsOnlyReadMayOverlap) {
  Problem problem = well_formed();
  input_tensor(problem, 0).shape = {3, 4};
  input_tensor(problem, 0).strides = {1, 1};
  EXPECT_THAT(problem_faults(problem), IsEmpty());
}

TEST(ProblemFaults, AllFaultsAreToldAtOnce) {
  Problem problem = well_formed();
  problem.summary = std::string();
  problem.work = Work{-1, -1};
  EXPECT_THAT(problem_faults(problem), ElementsAre("summary is empty", HasSubstr("work needs")));
}

TEST(LoadedProblem, LoadsAProblemThatWasBuilt) {
  const auto loaded =
      LoadedProblem::load(std::filesystem::path(AISP_TARGETS_DIR) / "testbed/axpby/problem.so");
  ASSERT_TRUE(loaded.ok()) << loaded.error().message();
  EXPECT_EQ((**loaded)->target.get(), "testbed:axpby");
  EXPECT_FALSE(states_invariants(***loaded)) << "no_invariants of another shared object";
  Problem stated = ***loaded;
  stated.validate = [](const Inputs&, Outputs) { return std::string(); };
  EXPECT_TRUE(states_invariants(stated));
}

TEST(LoadedProblem, AProblemMayDifferByDevice) {
  const auto file = std::filesystem::path(AISP_TARGETS_DIR) / "ch06/add/problem.so";
  const auto cpu = LoadedProblem::load(file), cuda = LoadedProblem::load(file, "cuda");
  ASSERT_TRUE(cpu.ok()) << cpu.error().message();
  ASSERT_TRUE(cuda.ok()) << cuda.error().message();
  EXPECT_EQ((**cpu)->target.get(), (**cuda)->target.get());
  // What lies in no cache of a GPU takes a CPU too long.
  EXPECT_GE((**cuda)->work->bytes, 512.0 * (1 << 20));
  EXPECT_LT((**cpu)->work->bytes, (**cuda)->work->bytes);

  const auto other = LoadedProblem::load(file, "abacus");
  ASSERT_FALSE(other.ok());
  EXPECT_THAT(other.error().message(), HasSubstr("not posed on the device 'abacus'"));
}

TEST(LoadedProblem, AProblemThatDoesNotDifferIsTheSameOnAllDevices) {
  const auto file = std::filesystem::path(AISP_TARGETS_DIR) / "ch01/gemm/problem.so";
  const auto cpu = LoadedProblem::load(file), cuda = LoadedProblem::load(file, "cuda");
  ASSERT_TRUE(cpu.ok() && cuda.ok());
  EXPECT_EQ(&***cpu, &***cuda);
}

TEST(LoadedProblem, WhatIsNoProblemIsRefusedWithItsName) {
  const std::filesystem::path nothing = "/nonexistent/problem.so";
  const std::filesystem::path implementation =
      std::filesystem::path(AISP_TARGETS_DIR) / "testbed/axpby/baseline.so";
  const std::filesystem::path text =
      std::filesystem::temp_directory_path() / ("no-problem-" + std::to_string(getpid()) + ".so");
  std::ofstream(text) << "not a shared object";
  for (const auto& file : {nothing, implementation, text}) {
    const auto loaded = LoadedProblem::load(file);
    ASSERT_FALSE(loaded.ok()) << file;
    EXPECT_THAT(loaded.error().message(), HasSubstr(file.string()));
  }
  std::filesystem::remove(text);
}

}  // namespace
}  // namespace aisp
