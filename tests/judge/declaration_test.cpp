#include "judge/declaration.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

namespace aisp {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Problem problem() {
  return {.target = "ch01:scale",
          .summary = "scales",
          .inputs = {{.tensor = Tensor{.name = "x", .shape = {4, 8}, .strides = {16, 1}},
                      .role = Role::activation,
                      .distribution = Distribution::uniform(-1, 1)},
                     {.tensor = Tensor{.name = "w", .dtype = Dtype::bf16, .shape = {8}},
                      .role = Role::weight,
                      .distribution = Distribution::uniform(-1, 1)}},
          .outputs = {{.tensor = Tensor{.name = "y", .shape = {4, 8}},
                       .tolerance = Tolerance::for_dtype(Dtype::fp32)}},
          .params = {{"alpha", 2}},
          .reference = [](const Inputs&, const Expected&) {},
          .validate = no_invariants,
          .work = Work{.flops = 1000, .bytes = 272},
          .goal = Goal::speed};
}

const std::string kWhole = R"({
  "target": "ch01:scale",
  "inputs": {"x": {"dtype": "fp32", "shape": [4, 8], "strides": [16, 1], "role": "activation", "placement": "device"},
             "w": {"dtype": "bf16", "shape": [8], "role": "weight"}},
  "outputs": {"y": {"dtype": "fp32", "shape": [4, 8]}},
  "params": {"alpha": 2.0},
  "work": {"flops": 1005, "bytes": 272}})";

TEST(Declaration, WhatIsSoHasNoDifferences) {
  EXPECT_THAT(declaration_differences(problem(), kWhole), IsEmpty());
  EXPECT_THAT(declaration_differences(problem(), "{}"), IsEmpty());
}

struct Lie {
  const char* from;
  const char* to;
  const char* says;
};

TEST(Declaration, EveryFieldIsCompared) {
  const Lie lies[] = {
      {"ch01:scale", "ch01:gemm", "target: declared \"ch01:gemm\", passed \"ch01:scale\""},
      {"\"shape\": [4, 8], \"strides\"", "\"shape\": [2, 8], \"strides\"",
       "shape of input 'x': declared [2,8], passed [4,8]"},
      {"[16, 1]", "[8, 1]", "strides of input 'x'"},
      {"\"bf16\"", "\"fp16\"", "dtype of input 'w'"},
      {"\"weight\"", "\"activation\"", "role of input 'w'"},
      {"\"device\"", "\"host\"", "placement of input 'x'"},
      {"{\"y\": {\"dtype\": \"fp32\"", "{\"y\": {\"dtype\": \"bf16\"", "dtype of output 'y'"},
      {"{\"y\"", "{\"z\"", "output 'y' is passed and not declared"},
      {"{\"y\"", "{\"z\"", "output 'z' is declared, and there is none"},
      {"2.0", "2.5", "parameter 'alpha': declared 2.5, passed 2.0"},
      {"\"alpha\"", "\"beta\"", "parameter 'alpha' is passed and not declared"},
      {"1005", "1011", "work.flops: declared 1011, the problem has 1000 (+1.1 %)"},
      {"\"bytes\": 272", "\"bytes\": 136", "work.bytes"},
      {"\"work\"", "\"skip\"", "the field 'skip' is not known"},
      {"\"flops\": 1005", "\"flops\": \"few\"", "work.flops is no number"},
      {"{\"alpha\": 2.0}", "[2.0]", "params is no object"},
      {"272}}", "272}", "it is no JSON"},
  };
  for (const Lie& lie : lies) {
    std::string text = kWhole;
    ASSERT_NE(text.find(lie.from), std::string::npos) << lie.from;
    text.replace(text.find(lie.from), std::string(lie.from).size(), lie.to);
    EXPECT_THAT(declaration_differences(problem(), text), ::testing::Contains(HasSubstr(lie.says)))
        << text;
  }
  EXPECT_THAT(declaration_differences(problem(), "[]"), ElementsAre("it is no JSON object"));
}

// Whatever stands in the file: an answer, and no crash.
TEST(Declaration, HostileTextIsADifferenceOrNone) {
  std::mt19937 random(5);
  for (int i = 0; i < 10'000; ++i) {
    std::string text = kWhole;
    for (unsigned k = 0; k < 1 + random() % 4; ++k) {
      const std::size_t at = random() % text.size();
      if (random() % 3 == 0)
        text.erase(at, random() % 40);
      else
        text[at] = static_cast<char>(random());
      if (text.empty()) break;
    }
    declaration_differences(problem(), text);
  }
}

}  // namespace
}  // namespace aisp
