#include "worker/compile.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <system_error>

#include "base/clock.h"
#include "base/fd.h"
#include "worker/sandbox.h"

namespace aisp {

namespace fs = std::filesystem;

namespace {

constexpr const char* kCompile = "compile a candidate";
constexpr const char* kSourceInside = "/aisp/source/candidate.cpp";
constexpr const char* kOutputInside = "/out/candidate.so";
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

Result<std::string> find_compiler() {
  for (const char* path : {"/usr/bin/g++", "/usr/bin/c++"})
    if (access(path, X_OK) == 0) return std::string(path);
  return Error{kCompile, "/usr/bin/g++", "there is no compiler", "Install g++, or give a .so"};
}

SandboxSpec sandbox_of(const CompileSpec& spec, const std::string& compiler) {
  SandboxSpec sandbox;
  sandbox.profile = SandboxProfile::compiler;
  sandbox.executable_host_path = compiler;
  sandbox.limits.memory_bytes = spec.memory_bytes;
  sandbox.limits.file_bytes = spec.output_bytes;
  sandbox.limits.cpu_seconds = static_cast<int>(spec.time_limit_s * 2);
  return sandbox;
}

Result<std::string> version_of(const CompileSpec& spec, const std::string& compiler) {
  SandboxSpec sandbox = sandbox_of(spec, compiler);
  sandbox.argv = {compiler, "--version"};
  auto process = start_sandboxed(sandbox);
  if (!process.ok()) return process.error();
  const Outcome outcome = wait_for(*process, spec.time_limit_s);
  if (!outcome.failure.empty()) return std::string("unknown version");
  return outcome.output.substr(0, outcome.output.find('\n'));
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

Result<CompiledCandidate> compile_candidate(const CompileSpec& spec) {
  const auto compiler = find_compiler();
  if (!compiler.ok()) return compiler.error();
  const ScratchFolder scratch(spec.output_dir);
  if (!scratch.made()) return errno_error(kCompile, spec.output_dir.string());

  // A copy that the worker's user may read, and that nobody can change while it is compiled.
  const fs::path source = scratch.path() / "candidate.cpp", out = scratch.path() / "out";
  std::error_code failure;
  fs::copy_file(spec.source, source, failure);
  if (failure) return Error{kCompile, spec.source.string(), failure.message(), {}};
  fs::permissions(scratch.path(), fs::perms(0711), failure);
  if (!failure) fs::permissions(source, fs::perms(0644), failure);
  if (!failure) fs::create_directory(out, failure);
  if (failure) return Error{kCompile, scratch.path().string(), failure.message(), {}};

  CompiledCandidate result;
  result.compiler = *compiler;
  for (const std::string& flag : spec.flags)
    result.flags += (result.flags.empty() ? "" : " ") + flag;
  const auto version = version_of(spec, *compiler);
  if (!version.ok()) return version.error();
  result.compiler_version = *version;

  SandboxSpec sandbox = sandbox_of(spec, *compiler);
  sandbox.argv = {*compiler};
  sandbox.argv.insert(sandbox.argv.end(), spec.flags.begin(), spec.flags.end());
  for (const char* last : {kSourceInside, "-o", kOutputInside}) sandbox.argv.push_back(last);
  sandbox.binds = {{source.string(), kSourceInside, false},
                   {spec.include_dir.string(), "/aisp/include", false},
                   {out.string(), "/out", true}};
  const std::int64_t begin = monotonic_ns();
  auto process = start_sandboxed(sandbox);
  if (!process.ok()) return process.error();
  const Outcome outcome = wait_for(*process, spec.time_limit_s);
  result.seconds = static_cast<double>(monotonic_ns() - begin) * 1e-9;
  result.messages = outcome.output;
  replace_all(result.messages, kSourceInside, spec.source.filename().string());
  result.failure = outcome.failure;
  if (!result.failure.empty()) return result;

  result.library = spec.output_dir / spec.output_name;
  if (auto taken = take_library(out / "candidate.so", result.library, spec.output_bytes);
      !taken.ok()) {
    result.failure = taken.error().message();
    return result;
  }
  result.ok = true;
  return result;
}

}  // namespace aisp
