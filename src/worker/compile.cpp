#include "worker/compile.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>
#include <system_error>

#include "base/clock.h"
#include "base/fd.h"
#include "worker/sandbox.h"

namespace aisp {

namespace fs = std::filesystem;

namespace {

constexpr const char* kCompile = "compile a candidate";
constexpr const char* kUnwritten = "/usr/";  // part of every sandbox
constexpr std::size_t kMessageBytes = 64 << 10;

struct Outcome {
  std::string output;
  std::string failure;  // empty = exit status 0
};

// P_PIDFD is newer than this libc's idtype_t on some systems.
constexpr auto kPidfd = static_cast<idtype_t>(3);

Outcome wait_for(SandboxedProcess& process, double time_limit_s) {
  Outcome outcome;
  const auto take = [&] {
    outcome.output += process.read_output();
    if (outcome.output.size() > kMessageBytes)
      outcome.output.erase(0, outcome.output.size() - kMessageBytes);
  };
  const std::int64_t deadline = monotonic_ns() + static_cast<std::int64_t>(time_limit_s * 1e9);
  bool reading = true;
  for (;;) {
    const std::int64_t left_ms = (deadline - monotonic_ns()) / 1'000'000;
    if (left_ms <= 0) {
      outcome.failure = "took longer than " + std::to_string(static_cast<int>(time_limit_s)) + " s";
      break;
    }
    pollfd events[2] = {{process.pidfd.get(), POLLIN, 0},
                        {reading ? process.output.get() : -1, POLLIN, 0}};
    if (poll(events, 2, static_cast<int>(left_ms)) < 0 && errno != EINTR) {
      outcome.failure = "could not be waited for";
      break;
    }
    take();
    if ((events[1].revents & (POLLHUP | POLLIN)) == POLLHUP) reading = false;
    if ((events[0].revents & POLLIN) == 0) continue;
    siginfo_t info{};
    if (waitid(kPidfd, static_cast<id_t>(process.pidfd.get()), &info, WEXITED | WNOWAIT) != 0) {
      outcome.failure = "could not be waited for";
    } else if (info.si_code != CLD_EXITED) {
      outcome.failure = "was ended by signal " + std::to_string(info.si_status);
    } else if (info.si_status != 0) {
      outcome.failure = "exited with status " + std::to_string(info.si_status);
    }
    break;
  }
  kill_and_reap(process);
  take();
  return outcome;
}

Result<std::string> find_host_compiler() {
  for (const char* path : {"/usr/bin/g++", "/usr/bin/c++"})
    if (access(path, X_OK) == 0) return std::string(path);
  return Error{kCompile, "/usr/bin/g++", "there is no compiler", "Install g++, or give a .so"};
}

// How a language is compiled here.
struct Toolchain {
  std::string compiler;
  std::vector<std::string> flags;  // before the candidate's: nvcc's host compiler
  std::string toolkit;             // its folder, where the sandbox does not have it anyway
  const char* source;              // in the sandbox
  const char* output;
};

Result<Toolchain> toolchain_of(SourceLanguage language) {
  const auto host = find_host_compiler();
  if (!host.ok()) return host.error();
  if (language == SourceLanguage::cpp)
    return Toolchain{*host, {}, {}, "/aisp/source/candidate.cpp", "/out/candidate.so"};
  const auto nvcc = find_nvcc();
  if (!nvcc.ok()) return nvcc.error();
  Toolchain tools{
      nvcc->string(), {"-ccbin", *host}, {}, "/aisp/source/candidate.cu", "/out/candidate.so"};
  if (language == SourceLanguage::ptx) {
    tools.source = "/aisp/source/candidate.ptx";
    tools.output = "/out/candidate.cubin";
  }
  // nvcc finds its other programs from its own place, so that it must be where it is on the host.
  if (tools.compiler.rfind(kUnwritten, 0) != 0)
    tools.toolkit = nvcc->parent_path().parent_path().string();
  return tools;
}

SandboxSpec sandbox_of(const CompileSpec& spec, const Toolchain& tools,
                       const std::vector<std::string>& arguments) {
  SandboxSpec sandbox;
  sandbox.profile = SandboxProfile::compiler;
  sandbox.executable_host_path = tools.compiler;
  sandbox.argv = {tools.compiler};
  if (!tools.toolkit.empty()) {
    sandbox.executable_host_path = "/usr/bin/env";  // starts it under its own name
    sandbox.argv.insert(sandbox.argv.begin(), "env");
    sandbox.device.files = {tools.toolkit};
  }
  sandbox.argv.insert(sandbox.argv.end(), arguments.begin(), arguments.end());
  sandbox.limits.memory_bytes = spec.memory_bytes;
  sandbox.limits.file_bytes = spec.output_bytes;
  sandbox.limits.cpu_seconds = static_cast<int>(spec.time_limit_s * 2);
  return sandbox;
}

// g++ says it in the first line, nvcc in the last but one.
std::string version_line(const std::string& said) {
  std::istringstream lines(said);
  std::string first;
  for (std::string line; std::getline(lines, line);) {
    if (first.empty()) first = line;
    if (line.rfind("Cuda compilation tools", 0) == 0) return "nvcc, " + line;
  }
  return first;
}

Result<std::string> version_of(const CompileSpec& spec, const Toolchain& tools) {
  auto process = start_sandboxed(sandbox_of(spec, tools, {"--version"}));
  if (!process.ok()) return process.error();
  const Outcome outcome = wait_for(*process, spec.time_limit_s);
  if (!outcome.failure.empty()) return std::string("unknown version");
  return version_line(outcome.output);
}

// From a folder that the sandbox could write to one that it never sees. The compiler is gone by now;
// what it left may be a link to anything.
Status take_library(const fs::path& from, const fs::path& to, std::uint64_t most_bytes) {
  const UniqueFd in(::open(from.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!in) return errno_error(kCompile, "the compiler's output");
  struct stat info {};
  if (::fstat(in.get(), &info) != 0) return errno_error(kCompile, "the compiler's output");
  if (!S_ISREG(info.st_mode) || info.st_nlink != 1 ||
      static_cast<std::uint64_t>(info.st_size) > most_bytes)
    return Error{kCompile, "the compiler's output", "it is no plain file of a sane size", {}};
  const UniqueFd out(::open(to.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
  if (!out) return errno_error(kCompile, to.string());
  std::vector<char> piece(1 << 18);
  for (;;) {
    const ssize_t n = ::read(in.get(), piece.data(), piece.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return errno_error(kCompile, "the compiler's output");
    if (n == 0) return success();
    for (ssize_t done = 0; done < n;) {
      const ssize_t w = ::write(out.get(), piece.data() + done, static_cast<std::size_t>(n - done));
      if (w < 0 && errno == EINTR) continue;
      if (w < 0) return errno_error(kCompile, to.string());
      done += w;
    }
  }
}

// A folder made by mkdtemp that goes when this does.
class ScratchFolder {
 public:
  explicit ScratchFolder(const fs::path& parent) {
    path_ = (parent / "compile-XXXXXX").string();
    made_ = mkdtemp(path_.data()) != nullptr;
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  ~ScratchFolder() {
    std::error_code left_there;  // in the judge's temporary folder, which is removed as a whole
    if (made_) fs::remove_all(path_, left_there);
  }
  bool made() const { return made_; }
  fs::path path() const { return path_; }

 private:
  std::string path_;
  bool made_ = false;
};

void replace_all(std::string& text, const std::string& from, const std::string& to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
    text.replace(at, from.size(), to);
}

}  // namespace

Result<fs::path> find_nvcc() {
  std::vector<fs::path> places;
  std::string named;
  const auto variable = [](const char* name) {
    const char* const value = std::getenv(name);
    return std::string(value == nullptr ? "" : value);
  };
  if (const std::string nvcc = variable("AISP_NVCC"); !nvcc.empty()) {
    places = {nvcc};
    named = "AISP_NVCC";
  } else if (const std::string home = variable("CUDA_HOME"); !home.empty()) {
    places = {fs::path(home) / "bin/nvcc"};
    named = "CUDA_HOME";
  } else if (const std::string path = variable("CUDA_PATH"); !path.empty()) {
    places = {fs::path(path) / "bin/nvcc"};
    named = "CUDA_PATH";
  } else {
    std::istringstream folders(variable("PATH"));
    for (std::string folder; std::getline(folders, folder, ':');)
      if (!folder.empty()) places.push_back(fs::path(folder) / "nvcc");
    places.emplace_back("/usr/local/cuda/bin/nvcc");
    places.emplace_back("/opt/cuda/bin/nvcc");
  }
  for (const fs::path& place : places) {
    std::error_code failure;
    const fs::path real = fs::canonical(place, failure);
    if (!failure && fs::is_regular_file(real, failure) && access(real.c_str(), X_OK) == 0)
      return real;
  }
  return Error{kCompile, named.empty() ? "nvcc" : places.front().string() + ", by " + named,
               "there is no CUDA compiler on this machine",
               "Install the CUDA toolkit (13 or later), or name its folder in CUDA_HOME, or give a "
               ".so or .cubin that was compiled elsewhere"};
}

Result<CompiledCandidate> compile_candidate(const CompileSpec& spec) {
  const auto tools = toolchain_of(spec.language);
  if (!tools.ok()) return tools.error();
  const ScratchFolder scratch(spec.output_dir);
  if (!scratch.made()) return errno_error(kCompile, spec.output_dir.string());

  // A copy that the worker's user may read, and that nobody can change while it is compiled.
  const fs::path source = scratch.path() / fs::path(tools->source).filename(),
                 out = scratch.path() / "out";
  std::error_code failure;
  fs::copy_file(spec.source, source, failure);
  if (failure) return Error{kCompile, spec.source.string(), failure.message(), {}};
  fs::permissions(scratch.path(), fs::perms(0711), failure);
  if (!failure) fs::permissions(source, fs::perms(0644), failure);
  if (!failure) fs::create_directory(out, failure);
  if (failure) return Error{kCompile, scratch.path().string(), failure.message(), {}};

  CompiledCandidate result;
  result.compiler = tools->compiler;
  for (const std::string& flag : spec.flags)
    result.flags += (result.flags.empty() ? "" : " ") + flag;
  const auto version = version_of(spec, *tools);
  if (!version.ok()) return version.error();
  result.compiler_version = *version;

  std::vector<std::string> arguments = tools->flags;
  arguments.insert(arguments.end(), spec.flags.begin(), spec.flags.end());
  for (const char* last : {tools->source, "-o", tools->output}) arguments.emplace_back(last);
  // A linker that is told --as-needed (Debian's and Ubuntu's) drops libraries that stand before what needs them.
  std::copy_if(spec.flags.begin(), spec.flags.end(), std::back_inserter(arguments),
               [](const std::string& flag) { return flag.rfind("-l", 0) == 0; });
  SandboxSpec sandbox = sandbox_of(spec, *tools, arguments);
  sandbox.binds = {{source.string(), tools->source, false},
                   {spec.include_dir.string(), "/aisp/include", false},
                   {out.string(), "/out", true}};
  const std::int64_t begin = monotonic_ns();
  auto process = start_sandboxed(sandbox);
  if (!process.ok()) return process.error();
  const Outcome outcome = wait_for(*process, spec.time_limit_s);
  result.seconds = static_cast<double>(monotonic_ns() - begin) * 1e-9;
  result.messages = outcome.output;
  replace_all(result.messages, tools->source, spec.source.filename().string());
  result.failure = outcome.failure;
  if (!result.failure.empty()) return result;

  result.library = spec.output_dir / spec.output_name;
  if (auto taken =
          take_library(out / fs::path(tools->output).filename(), result.library, spec.output_bytes);
      !taken.ok()) {
    result.failure = taken.error().message();
    return result;
  }
  result.ok = true;
  return result;
}

}  // namespace aisp
