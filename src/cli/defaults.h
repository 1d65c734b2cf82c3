// What is in force when nothing is said: help texts are made from these, so that they cannot differ.
#pragma once

namespace aisp::cli {

struct Defaults {
  const char* profile = "minimal";
  const char* device = "cpu";
  const char* format = "table";
  const char* artifacts = "artifacts";
  const char* language = "cpp";
  const char* chapters = "chapters";
  const char* export_format = "json";
  unsigned history_runs = 20;
  int peak_tries = 7;
  unsigned kept_runs = 50;
  double time_limit_s = 10;
  double interval_percent = 1;
  const char* compile_flags = "-std=c++20 -O3 -march=native -fPIC -shared -fopenmp -I/aisp/include";
  // For .cu; -arch=sm_… of the GPU comes after them.
  const char* cuda_compile_flags =
      "-std=c++20 -O3 -shared -Xcompiler=-fPIC -cudart=static -I/aisp/include";
  double compile_time_limit_s = 60;
  // nvcc runs several programs in a row, once for the host and once for the GPU, and templates take it minutes.
  double cuda_compile_time_limit_s = 180;
  int candidates_at_once = 4;       // judged together, with one baseline
  int candidates_at_once_cuda = 8;  // there they start more slowly than they run
  double golden_limit_mib = 4096;   // of kept reference outputs
  unsigned free_bytes = 64u << 20;  // what must be free where the artifacts go
};

inline constexpr Defaults kDefaults;

}  // namespace aisp::cli
