// What a stand-alone C++ or CUDA benchmark consists of, as far as its text tells without a compiler.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace aisp::cli {

struct SourceArray {
  std::string name, type, extent;  // "float", "n * n"
  int line = 0;
};

struct SourceOutline {
  std::string before_main, main_text, after_main;  // the whole file, cut at main
  int main_line = 0;
  std::vector<std::string> kernels;         // __global__ functions
  std::vector<SourceArray> arrays;          // std::vector, malloc, new[], cudaMalloc
  std::vector<std::string> timing;          // "line 12: std::chrono"
  std::vector<std::string> random_sources;  // "line 9: rand"
  bool cuda = false;
};

// Error: there is no main, or its braces do not match.
Result<SourceOutline> outline_of(const std::string& text, const std::string& file);

}  // namespace aisp::cli
