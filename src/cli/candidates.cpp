#include "cli/candidates.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <set>
#include <sstream>

#include "base/fd.h"
#include "base/hash.h"
#include "cli/defaults.h"
#include "report/printable.h"
#include "worker/compile.h"
#include "worker/kernel_file.h"

namespace aisp::cli {

namespace fs = std::filesystem;

namespace {

constexpr const char* kNotTaken = "was not taken";

enum class FileKind { none, shared_object, cpp, cu, ptx, cubin };

FileKind kind_of(const fs::path& file) {
  const std::string ending = file.extension();
  return ending == ".so"      ? FileKind::shared_object
         : ending == ".cpp"   ? FileKind::cpp
         : ending == ".cu"    ? FileKind::cu
         : ending == ".ptx"   ? FileKind::ptx
         : ending == ".cubin" ? FileKind::cubin
                              : FileKind::none;
}

// Why a file cannot be a candidate on the device; empty = it can.
std::string unfit(const fs::path& file, const std::string& device) {
  switch (kind_of(file)) {
    case FileKind::none: return "its name ends in none of .cpp, .so, .cu, .ptx, .cubin";
    case FileKind::shared_object: return {};
    case FileKind::cpp:
      return device == "cpu" ? ""
                             : "it is compiled by g++, and C++ cannot touch tensors in a GPU's "
                               "memory";
    case FileKind::cu:
    case FileKind::ptx:
    case FileKind::cubin: return device == "cpu" ? "it is code for a GPU" : "";
  }
  return "it is unknown";
}

std::string what_fits(const fs::path& file, const std::string& device) {
  if (kind_of(file) == FileKind::none)
    return device == "cpu" ? "Give a .cpp, a .so, or a folder of them"
                           : "Give a .cu, a .so, a .cubin, a .ptx, or a folder of them";
  return device == "cpu" ? "Judge it with --device cuda"
                         : "Judge it with --device cpu, or call it .cu: nvcc compiles C++ as well "
                           "(host code that calls a library, say)";
}

// Copies a file that somebody has given to a place that only we can write; says why it is not taken, empty = it is.
// Who fills a folder may be somebody else than who runs us, perhaps as root: what a link points at would be read with
// our rights, and the compiler quotes what it reads. So the file is opened once, never by a link, and everything is
// asked of what is open: whoever swaps it meanwhile swaps nothing. Our copies lie in /tmp, so that no file may be
// larger than a linker makes them.
std::string take_copy(const fs::path& file, bool from_folder, const fs::path& to) {
  constexpr std::int64_t kLargest = 256u << 20;
  constexpr std::size_t kPiece = 1u << 18;
  const UniqueFd in(
      ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | (from_folder ? O_NOFOLLOW : 0)));
  if (!in) {
    if (errno == ELOOP && from_folder)
      return "it is a link, which a folder of candidates may not hold";
    if (errno == ENXIO) return "it is no plain file";
    return fmt::format("it cannot be read: {}", std::strerror(errno));
  }
  struct stat info {};
  if (::fstat(in.get(), &info) != 0) return std::strerror(errno);
  if (!S_ISREG(info.st_mode)) return "it is no plain file";
  const auto too_large = [&](std::int64_t bytes) {
    return fmt::format("it has {} bytes, and {} are the most", bytes, kLargest);
  };
  if (info.st_size > kLargest) return too_large(info.st_size);
  const UniqueFd out(::open(to.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
  if (!out) return fmt::format("it cannot be copied to {}: {}", to.string(), std::strerror(errno));
  std::vector<char> piece(kPiece);
  std::int64_t copied = 0;
  for (;;) {
    const ssize_t n = ::read(in.get(), piece.data(), piece.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return std::strerror(errno);
    if (n == 0) return {};
    copied += n;
    if (copied > kLargest) return too_large(copied);  // it has grown meanwhile
    for (ssize_t done = 0; done < n;) {
      const ssize_t w = ::write(out.get(), piece.data() + done, static_cast<std::size_t>(n - done));
      if (w < 0 && errno == EINTR) continue;
      if (w < 0)
        return fmt::format("it cannot be copied to {}: {}", to.string(), std::strerror(errno));
      done += w;
    }
  }
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

// A .cubin is at most some MiB; a file without an end is not read to it.
Result<std::string> content_of(const fs::path& file) {
  constexpr std::uintmax_t kMost = 256u << 20;
  std::error_code failure;
  if (!fs::is_regular_file(file, failure))
    return Error{"read a candidate", file.string(), "it is not a file", {}};
  if (const auto bytes = fs::file_size(file, failure); failure || bytes > kMost)
    return Error{"read a candidate",
                 file.string(),
                 failure ? failure.message() : "it is larger than 256 MiB",
                 {}};
  std::ifstream in(file, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  if (!in || in.bad()) return Error{"read a candidate", file.string(), "it cannot be read", {}};
  return text.str();
}

}  // namespace

Result<CandidateFiles> candidate_files(const std::vector<std::string>& given,
                                       const std::string& device) {
  CandidateFiles found;
  for (const std::string& name : given) {
    std::error_code failure;
    if (!fs::is_directory(name, failure)) {
      if (!fs::is_regular_file(name, failure))
        return Error{"read a candidate", name, failure ? failure.message() : "it is not a file",
                     what_fits({}, device)};
      if (const std::string why = unfit(name, device); !why.empty())
        return Error{"judge a candidate with --device " + device, name, why,
                     what_fits(name, device)};
      found.files.emplace_back(name);
      continue;
    }
    std::vector<fs::path> inside, left_out;
    for (fs::directory_iterator at(name, failure), end; !failure && at != end;
         at.increment(failure))
      if (kind_of(at->path()) != FileKind::none)
        (unfit(at->path(), device).empty() ? inside : left_out).push_back(at->path());
    if (failure) return Error{"read a folder of candidates", name, failure.message(), {}};
    if (inside.empty())
      return Error{"read a folder of candidates", name,
                   device == "cpu" ? "there is no .cpp and no .so in it"
                                   : "there is no .cu, no .so, no .cubin and no .ptx in it",
                   left_out.empty() ? "" : what_fits(left_out.front(), device)};
    std::sort(inside.begin(), inside.end());
    std::sort(left_out.begin(), left_out.end());
    found.files.insert(found.files.end(), inside.begin(), inside.end());
    found.left_out.insert(found.left_out.end(), left_out.begin(), left_out.end());
  }
  return found;
}

bool is_compiled(const fs::path& file) {
  const FileKind kind = kind_of(file);
  return kind == FileKind::cpp || kind == FileKind::cu || kind == FileKind::ptx;
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

std::vector<std::string> cuda_compile_flags(const std::string& user_flags,
                                            const std::string& architecture) {
  std::vector<std::string> flags, users;
  std::stringstream defaults(kDefaults.cuda_compile_flags), more(user_flags);
  for (std::string flag; defaults >> flag;) flags.push_back(flag);
  for (std::string flag; more >> flag;) users.push_back(flag);
  const bool chosen = std::any_of(users.begin(), users.end(), [](const std::string& flag) {
    for (const char* option : {"-arch", "--gpu-architecture", "-gencode", "--generate-code"})
      if (flag.rfind(option, 0) == 0) return true;
    return false;
  });
  if (!chosen) flags.push_back("-arch=" + architecture);
  flags.insert(flags.end(), users.begin(), users.end());
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
                                           const CandidateOptions& options, bool from_folder) {
  Candidate candidate;
  candidate.name = name;
  candidate.given = file;
  const int number = count_++;
  const fs::path given = path_ / fmt::format("given-{}", number);
  std::error_code unmade;
  if (fs::create_directory(given, unmade)) fs::permissions(given, fs::perms(0700), unmade);
  if (unmade) return Error{"make a folder for a candidate", given.string(), unmade.message(), {}};
  const fs::path taken = given / file.filename();  // under its own name, which the compiler says
  candidate.failure = take_copy(file, from_folder, taken);
  if (!candidate.failure.empty()) {
    candidate.failed_to = kNotTaken;
    return candidate;
  }
  const FileKind kind = kind_of(file);
  fs::path ready = taken;  // what goes on: the file, or what was compiled of it
  if (is_compiled(file)) {
    CompileSpec spec;
    spec.source = taken;
    spec.include_dir = options.include_dir;
    spec.output_dir = path_;
    spec.time_limit_s = kind == FileKind::cpp ? kDefaults.compile_time_limit_s
                                              : kDefaults.cuda_compile_time_limit_s;
    if (kind == FileKind::cpp) {
      spec.flags = compile_flags(options.user_flags);
    } else if (kind == FileKind::cu) {
      spec.language = SourceLanguage::cuda;
      spec.flags = cuda_compile_flags(options.user_flags, options.architecture);
    } else {
      spec.language = SourceLanguage::ptx;
      spec.flags = {"-cubin", "-arch=" + options.architecture};
    }
    spec.output_name =
        fmt::format("candidate-{}.{}", number, kind == FileKind::ptx ? "cubin" : "so");
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
    ready = compiled->library;
  }
  const fs::path library = path_ / fmt::format("candidate-{}.so", number);
  if (kind == FileKind::ptx || kind == FileKind::cubin) {
    if (Status done = add_launcher(file, ready, library, options, candidate); !done.ok())
      return done.error();
    if (!candidate.failure.empty()) return candidate;
  } else if (ready != library) {
    std::error_code failure;
    fs::rename(ready, library, failure);
    if (!failure) fs::permissions(library, fs::perms(0644), failure);
    if (failure) return Error{"read a candidate", file.string(), failure.message(), {}};
  }
  candidate.library = library;
  const auto hash = blake2b_hex_of_file(candidate.library);
  if (!hash.ok()) return hash.error();
  candidate.content_hash = *hash;
  return candidate;
}

// Machine code for a GPU becomes a shared object that launches it. What the code itself lacks is the
// candidate's failure.
Status CandidateFolder::add_launcher(const fs::path& file, const fs::path& cubin,
                                     const fs::path& library, const CandidateOptions& options,
                                     Candidate& candidate) {
  KernelLaunch launch;
  launch.entry = options.entry;
  if (Status read = read_kernel_launch(options.launch, "--launch", launch); !read.ok()) return read;
  const fs::path beside = file.string() + ".launch";
  candidate.failed_to = "cannot be launched";
  std::error_code absent;
  if (fs::exists(beside, absent)) {
    const fs::path taken = path_ / fmt::format("launch-{}", count_);
    candidate.failure = take_copy(beside, true, taken);
    if (!candidate.failure.empty()) {
      candidate.failure = beside.filename().string() + ": " + candidate.failure;
      return success();
    }
    const auto text = content_of(taken);
    if (!text.ok()) return text.error();
    if (Status read = read_kernel_launch(*text, beside.filename().string(), launch); !read.ok()) {
      candidate.failure = printable_line(read.error().message());
      return success();
    }
  }
  const auto image = content_of(cubin);
  if (!image.ok()) return image.error();
  if (!fs::exists(options.cubin_launcher, absent))
    return Error{"launch a bare kernel", options.cubin_launcher.string(), "it is not there",
                 "Build with the CUDA toolkit, which makes it"};
  if (Status written = write_kernel_file(options.cubin_launcher, *image, launch, library);
      !written.ok()) {
    candidate.failure = written.error().message();
    return success();
  }
  candidate.how += (candidate.how.empty() ? "" : "; ") + std::string("launched by aisp: ") +
                   printable_line(kernel_launch_text(launch));
  return success();
}

ImplementationResult row_of_failure(const Candidate& candidate) {
  ImplementationResult row;
  row.implementation = candidate.name;
  row.part = Part::candidate;
  row.file = candidate.given.string();
  row.correct = false;
  const bool taken = candidate.failed_to != kNotTaken;
  row.sentence = fmt::format("{} {}: {}", candidate.name, candidate.failed_to, candidate.failure);
  row.findings.push_back(
      {taken ? "compile" : "file", FindingStatus::fail, FindingKind::robustness,
       candidate.failure + (candidate.how.empty() ? "" : " (" + candidate.how + ")"), true});
  return row;
}

}  // namespace aisp::cli
