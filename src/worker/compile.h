// Compiles a candidate's source inside the sandbox: an #include may name any file, and a compiler's
// own bugs are within a stranger's reach.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"

namespace aisp {

// What a source is written in decides the compiler and what comes out of it.
enum class SourceLanguage {
  cpp,   // g++, a shared object
  cuda,  // nvcc, a shared object
  ptx,   // nvcc, which assembles it to machine code for one kind of GPU (.cubin)
};

struct CompileSpec {
  std::filesystem::path source;
  SourceLanguage language = SourceLanguage::cpp;
  std::vector<std::string> flags;     // all of them; the headers are in /aisp/include
  std::filesystem::path include_dir;  // shown as /aisp/include
  // A folder of the judge's own that nobody else writes; `output_name` goes there.
  std::filesystem::path output_dir;
  std::string output_name;  // "candidate-0.so"
  double time_limit_s = 60;
  std::uint64_t memory_bytes = 4ull << 30;
  std::uint64_t output_bytes = 256ull << 20;  // largest file
};

struct CompiledCandidate {
  bool ok = false;
  std::filesystem::path library;  // when ok; of PTX the machine code
  std::string compiler;           // "/usr/bin/g++"
  std::string compiler_version;   // "g++ (Debian 12.2.0-14) 12.2.0"
  std::string flags;              // as given, joined
  double seconds = 0;
  std::string messages;  // of the compiler; the last 64 KiB
  std::string failure;   // when not ok: "exited with status 1", "took longer than 60 s"
};

// The CUDA compiler of this machine: $AISP_NVCC, or bin/nvcc of $CUDA_HOME or $CUDA_PATH, or nvcc in
// $PATH, or in the places where it is installed to. Where one of the variables is set, nothing else is
// looked for. The error says what to install.
Result<std::filesystem::path> find_nvcc();

// Error: there is no compiler, or no sandbox; what a source does wrong is a value that is not `ok`.
Result<CompiledCandidate> compile_candidate(const CompileSpec& spec);

}  // namespace aisp
