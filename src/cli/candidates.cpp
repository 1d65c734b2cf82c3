#include "cli/candidates.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <set>
#include <sstream>

#include "base/hash.h"
#include "cli/defaults.h"
#include "report/printable.h"
#include "worker/compile.h"

namespace aisp::cli {

namespace fs = std::filesystem;

namespace {

bool is_candidate(const fs::path& file) {
  return file.extension() == ".so" || file.extension() == ".cpp";
}

// Why a file of this size and kind is not taken; empty = it is. Who fills a folder may be somebody else than
// who runs us, perhaps as root: what a link points at would be read with our rights, and the compiler
// quotes what it reads. Our copies lie in /tmp, so that no file may be larger than a linker makes them.
std::string refusal(const fs::path& file, bool from_folder) {
  constexpr std::uintmax_t kLargest = 256u << 20;
  std::error_code failure;
  const fs::file_status status =
      from_folder ? fs::symlink_status(file, failure) : fs::status(file, failure);
  if (failure) return failure.message();
  if (fs::is_symlink(status)) return "it is a link, which a folder of candidates may not hold";
  if (!fs::is_regular_file(status)) return "it is no plain file";
  const std::uintmax_t bytes = fs::file_size(file, failure);
  if (failure) return failure.message();
  if (bytes > kLargest) return fmt::format("it has {} bytes, and {} are the most", bytes, kLargest);
  return {};
}

// What a reader needs of a compiler's output: the first errors, or how it begins when it names none.
std::string first_lines(const std::string& messages) {
  constexpr int kLines = 4;
  for (const char* wanted : {"error", ""}) {
    std::stringstream in(messages);
    std::string text;
    int lines = 0;
    for (std::string line; lines < kLines && std::getline(in, line);) {
      if (line.find(wanted) == std::string::npos) continue;
      text += (text.empty() ? "" : "; ") + printable_line(line);
      ++lines;
    }
    if (!text.empty()) return text;
  }
  return {};
}

}  // namespace

Result<std::vector<fs::path>> candidate_files(const std::vector<std::string>& given) {
  std::vector<fs::path> files;
  for (const std::string& name : given) {
    std::error_code failure;
    if (!fs::is_directory(name, failure)) {
      if (!fs::is_regular_file(name, failure))
        return Error{"read a candidate", name, failure ? failure.message() : "it is not a file",
                     "Give a .cpp, a .so, or a folder of them"};
      if (!is_candidate(name))
        return Error{"read a candidate", name, "its name ends neither in .cpp nor in .so",
                     "Give a .cpp, a .so, or a folder of them"};
      files.emplace_back(name);
      continue;
    }
    std::vector<fs::path> inside;
    for (fs::directory_iterator at(name, failure), end; !failure && at != end;
         at.increment(failure))
      if (is_candidate(at->path())) inside.push_back(at->path());
    if (failure) return Error{"read a folder of candidates", name, failure.message(), {}};
    if (inside.empty())
      return Error{"read a folder of candidates", name, "there is no .cpp and no .so in it", {}};
    std::sort(inside.begin(), inside.end());
    files.insert(files.end(), inside.begin(), inside.end());
  }
  return files;
}

std::vector<std::string> candidate_names(const std::vector<fs::path>& files) {
  std::vector<std::string> names;
  std::set<std::string> taken;
  for (const fs::path& file : files) {
    const std::string wanted = "candidate:" + printable_line(file.filename().string());
    std::string name = wanted;
    for (int n = 2; !taken.insert(name).second; ++n) name = fmt::format("{}#{}", wanted, n);
    names.push_back(name);
  }
  return names;
}

std::vector<std::string> compile_flags(const std::string& user_flags) {
  std::vector<std::string> flags;
  std::stringstream in(std::string(kDefaults.compile_flags) + " " + user_flags);
  for (std::string flag; in >> flag;) flags.push_back(flag);
  return flags;
}

Result<std::unique_ptr<CandidateFolder>> CandidateFolder::make() {
  std::string pattern = "/tmp/aisp-candidates-XXXXXX";
  if (mkdtemp(pattern.data()) == nullptr)
    return errno_error("make a folder for candidates", "/tmp");
  std::error_code failure;
  fs::permissions(pattern, fs::perms(0711), failure);  // a worker's user has to get through
  if (failure) return Error{"make a folder for candidates", pattern, failure.message(), {}};
  return std::unique_ptr<CandidateFolder>(new CandidateFolder(pattern));
}

CandidateFolder::~CandidateFolder() {
  std::error_code left_there;  // in /tmp, where it is cleaned up anyway
  fs::remove_all(path_, left_there);
}

Result<Candidate> CandidateFolder::prepare(const fs::path& file, const std::string& name,
                                           const std::vector<std::string>& flags,
                                           const fs::path& include_dir, bool from_folder) {
  Candidate candidate;
  candidate.name = name;
  candidate.given = file;
  candidate.failure = refusal(file, from_folder);
  if (!candidate.failure.empty()) return candidate;
  const std::string library = fmt::format("candidate-{}.so", count_++);
  std::error_code failure;
  if (file.extension() == ".cpp") {
    CompileSpec spec;
    spec.source = file;
    spec.flags = flags;
    spec.include_dir = include_dir;
    spec.output_dir = path_;
    spec.output_name = library;
    spec.time_limit_s = kDefaults.compile_time_limit_s;
    const auto compiled = compile_candidate(spec);
    if (!compiled.ok()) return compiled.error();
    candidate.how =
        fmt::format("{} in {:.2f} s by {} with {}", compiled->ok ? "compiled" : "not compiled",
                    compiled->seconds, compiled->compiler_version, compiled->flags);
    if (!compiled->ok) {
      const std::string lines = first_lines(compiled->messages);
      candidate.failure =
          fmt::format("the compiler {}{}{}", compiled->failure, lines.empty() ? "" : ": ", lines);
      return candidate;
    }
    candidate.library = compiled->library;
  } else {
    candidate.library = path_ / library;
    fs::copy_file(file, candidate.library, failure);
    if (!failure) fs::permissions(candidate.library, fs::perms(0644), failure);
    if (failure) return Error{"read a candidate", file.string(), failure.message(), {}};
  }
  const auto hash = blake2b_hex_of_file(candidate.library);
  if (!hash.ok()) return hash.error();
  candidate.content_hash = *hash;
  return candidate;
}

ImplementationResult row_of_failure(const Candidate& candidate) {
  ImplementationResult row;
  row.implementation = candidate.name;
  row.part = Part::candidate;
  row.file = candidate.given.string();
  row.correct = false;
  const bool compiled = !candidate.how.empty();
  row.sentence = fmt::format("{} {}: {}", candidate.name,
                             compiled ? "did not compile" : "was not taken", candidate.failure);
  row.findings.push_back(
      {compiled ? "compile" : "file", FindingStatus::fail, FindingKind::robustness,
       compiled ? candidate.failure + " (" + candidate.how + ")" : candidate.failure, true});
  return row;
}

}  // namespace aisp::cli
