#include "judge/manifest.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include <ctime>
#include <fstream>
#include <sstream>
#include <thread>
#include <vector>

#include "base/fd.h"
#include "base/hash.h"
#include "base/isa.h"
#include "judge/environment.h"

#ifndef AISP_VERSION
#define AISP_VERSION "unknown"
#endif

extern char** environ;

namespace aisp {

namespace fs = std::filesystem;

namespace {

constexpr const char* kUnknown = "unknown";

std::string field_of(const fs::path& file, const std::string& name) {
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    if (line.rfind(name, 0) != 0) continue;
    const std::size_t colon = line.find(':');
    if (colon == std::string::npos) continue;
    const std::size_t begin = line.find_first_not_of(" \t", colon + 1);
    return begin == std::string::npos ? kUnknown : line.substr(begin);
  }
  return kUnknown;
}

// stdout of a program, or nothing when it cannot be run or fails.
std::string output_of(const std::vector<std::string>& command) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return {};
  const UniqueFd read_end(ends[0]);
  UniqueFd write_end(ends[1]);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, write_end.get(), STDOUT_FILENO);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  std::vector<char*> argv;
  for (const std::string& word : command) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  pid_t pid = 0;
  const int failed = posix_spawnp(&pid, argv[0], &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  write_end.reset();
  if (failed != 0) return {};
  std::string text;
  char piece[4096];
  for (;;) {
    const ssize_t n = ::read(read_end.get(), piece, sizeof piece);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) break;
    text.append(piece, static_cast<std::size_t>(n));
  }
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) return {};
  text.erase(text.find_last_not_of('\n') + 1);
  return text.empty() ? "\n" : text;
}

}  // namespace

std::string utc_text(std::chrono::system_clock::time_point time) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc);
  return text;
}

std::map<std::string, std::string> machine_facts(const fs::path& root) {
  const fs::path cpuinfo = root / "proc/cpuinfo";
  std::map<std::string, std::string> facts;
  facts["cpu model"] = field_of(cpuinfo, "model name");
  facts["microcode"] = field_of(cpuinfo, "microcode");
  facts["cpus"] = std::to_string(std::thread::hardware_concurrency());
  facts["memory"] = field_of(root / "proc/meminfo", "MemTotal");
  facts["instruction set"] = std::string(isa_name(best_isa()));
  const std::string vendor = hypervisor_vendor();
  facts["hypervisor"] = vendor.empty() ? "none" : vendor;
  utsname name{};
  const bool known = uname(&name) == 0;
  facts["kernel"] = known ? std::string(name.sysname) + " " + name.release : kUnknown;
  facts["architecture"] = known ? name.machine : kUnknown;
  return facts;
}

std::map<std::string, std::string> software_facts(const std::vector<fs::path>& places) {
  std::map<std::string, std::string> facts;
  facts["aisp"] = AISP_VERSION;
  facts["compiler"] = std::string("g++ ") + __VERSION__;
#ifdef NDEBUG
  facts["build"] = "release";
#else
  facts["build"] = "debug";
#endif
  facts["git commit"] = "no checkout";
  for (const fs::path& place : places) {
    const std::string commit = output_of({"git", "-C", place.string(), "rev-parse", "HEAD"});
    if (commit.empty()) continue;
    facts["git commit"] = commit;
    const std::string changes =
        output_of({"git", "-C", place.string(), "--no-optional-locks", "status", "--porcelain"});
    facts["git dirty"] = changes.empty() ? kUnknown : changes == "\n" ? "no" : "yes";
    break;
  }
  return facts;
}

std::string config_hash(const std::map<std::string, std::string>& config) {
  // Lengths keep one value's end from being read as the next one's beginning.
  std::string text;
  for (const auto& [name, value] : config)
    for (const std::string* part : {&name, &value})
      text += std::to_string(part->size()) + ":" + *part;
  return blake2b_hex(text);
}

}  // namespace aisp
