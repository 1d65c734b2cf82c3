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
  std::filesystem::path library;  // our copy; empty = it did not compile
  std::string content_hash;       // of `library`
  std::string how;      // "compiled in 1.2 s by g++ … with …"; empty for a shared object
  std::string failure;  // why there is no library: the compiler's first lines, or what file it is
};

// Files as given, folders as their *.so and *.cpp in order. Errors: no such file, a folder without
// any, an ending that is neither.
Result<std::vector<std::filesystem::path>> candidate_files(const std::vector<std::string>& given);

// A folder in /tmp that nobody else can write, removed at the end.
class CandidateFolder {
 public:
  static Result<std::unique_ptr<CandidateFolder>> make();
  ~CandidateFolder();
  CandidateFolder(const CandidateFolder&) = delete;
  CandidateFolder& operator=(const CandidateFolder&) = delete;

  // Error: no compiler, no sandbox, a file that cannot be read. A source that does not compile is a
  // candidate with a failure; so is a file that is too large or, `from_folder`, not a plain one, so that
  // one such file does not keep the others of its folder from being judged.
  Result<Candidate> prepare(const std::filesystem::path& file, const std::string& name,
                            const std::vector<std::string>& flags,
                            const std::filesystem::path& include_dir, bool from_folder);

 private:
  explicit CandidateFolder(std::filesystem::path path) : path_(std::move(path)) {}
  std::filesystem::path path_;
  int count_ = 0;
};

std::vector<std::string> candidate_names(const std::vector<std::filesystem::path>& files);

// The default flags and the user's, split at spaces.
std::vector<std::string> compile_flags(const std::string& user_flags);

// The row of a candidate that did not compile.
ImplementationResult row_of_failure(const Candidate& candidate);

}  // namespace aisp::cli
