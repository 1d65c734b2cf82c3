// A problem's own code runs in a child of the audit: what crashes there is a finding, and what it leaves
// behind ends with it. A child is no sandbox: problems are trusted.
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <exception>
#include <nlohmann/json.hpp>

#include "audit/audit.h"
#include "base/clock.h"
#include "base/fd.h"
#include "problem/loader.h"

namespace aisp::audit {
namespace {

using Json = nlohmann::json;

std::vector<Finding> in_child(const std::filesystem::path& file, const std::string& target,
                              const std::string& device, const Options& options) {
  const auto problem = LoadedProblem::load(file, device);
  if (!problem.ok()) return {{"contract", Level::error, "", problem.error().why}};
  std::vector<Finding> findings;
  if ((**problem)->target.get() != target)
    findings.push_back({"contract", Level::error, "target",
                        fmt::format("it calls itself {}, and its folder says {}",
                                    (**problem)->target.get(), target)});
  try {
    for (Finding& f : audit_problem(***problem, options)) findings.push_back(std::move(f));
  } catch (const std::exception& e) {
    findings.push_back(
        {"reference", Level::error, "", fmt::format("its code throws an exception: {}", e.what())});
  }
  return findings;
}

std::string to_text(const std::vector<Finding>& findings) {
  Json json = Json::array();
  for (const Finding& f : findings)
    json.push_back({f.rule, static_cast<int>(f.level), f.part, f.message});
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::vector<Finding> from_text(const std::string& text) {
  std::vector<Finding> findings;
  for (const Json& item : Json::parse(text))
    findings.push_back({item.at(0).get<std::string>(), static_cast<Level>(item.at(1).get<int>()),
                        item.at(2).get<std::string>(), item.at(3).get<std::string>()});
  return findings;
}

std::vector<Finding> died(const std::string& how) {
  return {
      {"reference", Level::error, "", "its code (reference, validation or a generator) " + how}};
}

// Until the child closes it, or the time is up.
bool read_all(int fd, double seconds, std::string& text) {
  const std::int64_t end = monotonic_ns() + static_cast<std::int64_t>(seconds * 1e9);
  for (;;) {
    const std::int64_t left_ms = (end - monotonic_ns()) / 1'000'000;
    if (left_ms <= 0) return false;
    pollfd event{fd, POLLIN, 0};
    const int ready = ::poll(&event, 1, static_cast<int>(std::min<std::int64_t>(left_ms, 60'000)));
    if (ready < 0 && errno != EINTR) return false;
    if (ready <= 0) continue;
    char piece[1 << 16];
    const ssize_t n = ::read(fd, piece, sizeof piece);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return n == 0;
    text.append(piece, static_cast<std::size_t>(n));
  }
}

}  // namespace

std::vector<Finding> audit_file(const std::filesystem::path& problem, const std::string& target,
                                const std::string& device, const Options& options) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0)
    return {{"contract", Level::not_run, "", fmt::format("no pipe: {}", std::strerror(errno))}};
  UniqueFd reader(ends[0]), writer(ends[1]);
  const pid_t child = ::fork();
  if (child < 0)
    return {{"contract", Level::not_run, "", fmt::format("no child: {}", std::strerror(errno))}};
  if (child == 0) {
    ::signal(SIGINT, SIG_DFL);
    const std::string text = to_text(in_child(problem, target, device, options));
    std::size_t at = 0;
    while (at < text.size()) {
      const ssize_t n = ::write(writer.get(), text.data() + at, text.size() - at);
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) break;
      at += static_cast<std::size_t>(n);
    }
    ::_exit(at == text.size() ? 0 : 1);  // nobody's destructors, and no buffer of the parent twice
  }
  writer.reset();
  std::string text;
  const bool in_time = read_all(reader.get(), options.time_limit_s, text);
  if (!in_time) ::kill(child, SIGKILL);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (!in_time) return died(fmt::format("does not end within {:.3g} s", options.time_limit_s));
  if (WIFSIGNALED(status))
    return died(
        fmt::format("ends with signal {} ({})", WTERMSIG(status), ::sigdescr_np(WTERMSIG(status))));
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
    return died(fmt::format("ends the process with status {}", WEXITSTATUS(status)));
  try {
    return from_text(text);
  } catch (const std::exception& e) {
    return died(fmt::format("ends the process early ({})", e.what()));
  }
}

}  // namespace aisp::audit
