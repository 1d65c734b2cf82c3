// Problems of all shapes, for tests of what has to hold for every problem.
#pragma once

#include <algorithm>
#include <cstdint>
#include <random>
#include <string>

#include "aisp/problem.h"

namespace aisp::testing {

inline Tensor random_tensor(std::mt19937_64& random, const std::string& name) {
  constexpr Dtype kDtypes[] = {Dtype::fp64,  Dtype::fp32,       Dtype::bf16,    Dtype::uint8,
                               Dtype::int64, Dtype::complex128, Dtype::fp8_e4m3};
  Tensor t;
  t.name = name;
  t.dtype = kDtypes[random() % std::size(kDtypes)];
  const std::size_t rank = random() % 4;
  for (std::size_t d = 0; d < rank; ++d)
    t.shape.push_back(static_cast<std::int64_t>(1 + random() % (random() % 8 == 0 ? 40 : 9)));
  t.alignment = std::size_t{1} << (random() % 13);
  if (rank > 0 && random() % 3 == 0) {  // rows with room between them
    t.strides = t.row_major();
    std::int64_t room = 1;
    for (std::size_t d = rank; d-- > 0;) {
      t.strides[d] = room;
      room = room * t.shape[d] + static_cast<std::int64_t>(random() % 3);
    }
  }
  return t;
}

inline Problem random_problem(std::mt19937_64& random) {
  Problem problem{
      .target = "test:random",
      .summary = "any shape",
      .reference = [](const Inputs&, const Expected&) {},
      .validate = no_invariants,
      .work = Work{.flops = 1, .bytes = 1},
      .goal = Goal::speed,
  };
  const std::size_t inputs = 1 + random() % 6;
  for (std::size_t i = 0; i < inputs; ++i) {
    const Tensor t = random_tensor(random, "in" + std::to_string(i));
    const Role role = static_cast<Role>(random() % 3);
    problem.inputs.push_back({t, role, Distribution::uniform(0, 2)});
    if (role == Role::in_out) problem.outputs.push_back({t, Tolerance::for_dtype(t.dtype)});
  }
  const std::size_t outputs = random() % 4 + (problem.outputs.empty() ? 1 : 0);
  for (std::size_t o = 0; o < outputs; ++o) {
    const Tensor t = random_tensor(random, "out" + std::to_string(o));
    problem.outputs.push_back({t, Tolerance::for_dtype(t.dtype)});
  }
  std::shuffle(problem.outputs.begin(), problem.outputs.end(), random);
  return problem;
}

}  // namespace aisp::testing
