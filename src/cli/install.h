// Where this program's parts are: beside the executable, in a build tree and installed alike.
#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"

namespace aisp::cli {

struct Install {
  std::filesystem::path executable;           // <prefix>/bin/aisp
  std::filesystem::path agent;                // beside it: aisp-agent
  std::filesystem::path null_implementation;  // beside it: aisp-null.so
  std::filesystem::path null_cuda;       // aisp-null-cuda.so, where this build has CUDA support
  std::filesystem::path cubin_launcher;  // aisp-cubin.so, as above: launches bare kernels
  std::filesystem::path targets;         // <prefix>/targets
  std::filesystem::path include;         // <prefix>/include, or the source tree's
};

// `targets_dir` replaces <prefix>/targets unless it is empty.
Result<Install> find_install(const std::string& targets_dir);

}  // namespace aisp::cli
