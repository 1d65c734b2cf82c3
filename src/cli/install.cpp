#include "cli/install.h"

namespace aisp::cli {

namespace fs = std::filesystem;

Result<Install> find_install(const std::string& targets_dir) {
  std::error_code failure;
  Install install;
  install.executable = fs::read_symlink("/proc/self/exe", failure);
  if (failure)
    return Error{"find the program's own files", "/proc/self/exe", failure.message(), {}};
  const fs::path bin = install.executable.parent_path();
  install.agent = bin / "aisp-agent";
  install.null_implementation = bin / "aisp-null.so";
  install.null_cuda = bin / "aisp-null-cuda.so";
  install.cubin_launcher = bin / "aisp-cubin.so";
  install.targets = targets_dir.empty() ? bin.parent_path() / "targets" : fs::path(targets_dir);
  install.include = bin.parent_path() / "include";
  if (!fs::exists(install.include / "aisp" / "implementation.h", failure))
    install.include = AISP_INCLUDE_DIR;
  return install;
}

}  // namespace aisp::cli
