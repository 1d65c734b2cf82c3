// Implementations from outside: found, copied to where nobody else can change them, compiled where
// they are source.
#pragma once

#include <atomic>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "judge/result.h"

namespace aisp::cli {

struct Candidate {
  std::string name;               // "candidate:my.cpp"; "candidate:my.cpp#2" when that is taken
  std::filesystem::path given;    // what the user named
  std::filesystem::path library;  // our copy; empty = it could not be made into one
  std::string content_hash;       // of `library`
  std::string how;      // "compiled in 1.2 s by g++ … with …"; empty for a shared object
  std::string failure;  // why there is no library: the compiler's first lines, or what file it is
  std::string failed_to = "did not compile";
};

// What all candidates of a run have in common.
struct CandidateOptions {
  std::string user_flags;
  std::string entry;         // of .cubin and .ptx
  std::string launch;        // read_kernel_launch(); a file's own .launch comes before
  std::string architecture;  // of the GPU: "sm_90a"
  std::filesystem::path include_dir;
  std::filesystem::path cubin_launcher;
};

struct CandidateFiles {
  std::vector<std::filesystem::path> files;
  std::vector<std::filesystem::path> left_out;  // of folders: for another device
};

// Files as given, and of folders what the device can run, in order. Errors: no such file, one that the
// device cannot run, a folder without any that it can.
Result<CandidateFiles> candidate_files(const std::vector<std::string>& given,
                                       const std::string& device);

// Whether it is source.
bool is_compiled(const std::filesystem::path& file);

// A folder in /tmp that nobody else can write, removed at the end.
class CandidateFolder {
 public:
  static Result<std::unique_ptr<CandidateFolder>> make();
  ~CandidateFolder();
  CandidateFolder(const CandidateFolder&) = delete;
  CandidateFolder& operator=(const CandidateFolder&) = delete;

  // Error: no compiler, no sandbox, a file that cannot be read. A source that does not compile, or a
  // kernel that does not have the entry, is a candidate with a failure; so is a file that is too large or, `from_folder`, not a plain one, so that
  // one such file does not keep the others of its folder from being judged.
  Result<Candidate> prepare(const std::filesystem::path& file, const std::string& name,
                            const CandidateOptions& options, bool from_folder);

 private:
  Status add_launcher(const std::filesystem::path& file, const std::filesystem::path& cubin,
                      const std::filesystem::path& library, const CandidateOptions& options,
                      Candidate& candidate);
  explicit CandidateFolder(std::filesystem::path path) : path_(std::move(path)) {}
  std::filesystem::path path_;
  int count_ = 0;
};

std::vector<std::string> candidate_names(const std::vector<std::filesystem::path>& files);

// The default flags and the user's, split at spaces.
std::vector<std::string> compile_flags(const std::string& user_flags);

// The same for .cu, with the architecture of the GPU unless the user's flags choose one.
std::vector<std::string> cuda_compile_flags(const std::string& user_flags,
                                            const std::string& architecture);

// The row of a candidate that did not compile.
ImplementationResult row_of_failure(const Candidate& candidate);

}  // namespace aisp::cli
