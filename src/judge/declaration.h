// What a candidate says of itself, held against what it was given: a file of JSON beside it.
//
//   {"target": "ch01:gemm",
//    "inputs": {"A": {"dtype": "fp32", "shape": [2048, 32, 32], "strides": [1024, 32, 1],
//                     "role": "activation", "placement": "device"}},
//    "outputs": {"C": {"dtype": "fp32", "shape": [2048, 32, 32]}},
//    "params": {"alpha": 1.5},
//    "work": {"flops": 134217728, "bytes": 25165824}}
//
// Every field may be left out; every field that is there must be right, and a tensor or parameter list
// that is there must be complete. Nothing is ever taken from it: the judge allocates and passes what
// the problem says.
#pragma once

#include <string>
#include <vector>

#include "aisp/problem.h"

namespace aisp {

// Operations or bytes that differ by more are another workload.
inline constexpr double kWorkDiffers = 0.01;

// What is different, field by field: "shape of input 'A': declared [1, 2], passed [2, 2]". Text that is
// no such JSON, and fields that are not known, are differences. Empty = it says what is so.
std::vector<std::string> declaration_differences(const Problem& problem, const std::string& text);

}  // namespace aisp
