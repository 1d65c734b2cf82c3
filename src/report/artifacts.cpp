#include "report/artifacts.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <ctime>
#include <system_error>

#include "base/fd.h"
#include "report/json.h"
#include "report/report.h"

namespace aisp {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kLongestId = 96;
constexpr int kMostSuffixes = 1000;
constexpr const char* kWrite = "write an artifact";
constexpr const char* kElsewhere = "Choose another place with --artifacts DIR";

std::string fix_for(int number) {
  if (number == ENOSPC || number == EDQUOT) return "Free some space on the disk";
  return kElsewhere;
}

Error write_error(const fs::path& path) {
  return errno_error(kWrite, path.string(), fix_for(errno));
}

// Every character that could mean something to a shell, a path or a URL becomes '-'.
std::string safe(const std::string& text) {
  std::string out;
  for (const char c : text) {
    const bool kept = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '.' || c == '_';
    out += kept ? c : '-';
  }
  return out;
}

std::string compact_utc(std::chrono::system_clock::time_point time) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  char text[32];
  std::strftime(text, sizeof text, "%Y%m%dT%H%M%SZ", &utc);
  return text;
}

bool write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

Status sync_folder(const fs::path& folder) {
  const UniqueFd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (fd.get() < 0 || ::fsync(fd.get()) != 0) return write_error(folder);
  return success();
}

Status make_folder(const fs::path& folder) {
  std::error_code failure;
  fs::create_directories(folder, failure);
  if (failure)
    return Error{"make the artifacts folder", folder.string(), failure.message(),
                 fix_for(failure.value())};
  return success();
}

}  // namespace

Status write_whole_file(const fs::path& path, std::string_view text) {
  std::string draft = path.string() + ".XXXXXX";
  Status done = success();
  {
    const UniqueFd fd(::mkostemp(draft.data(), O_CLOEXEC));
    if (fd.get() < 0) return write_error(path);
    if (!write_all(fd.get(), text) || ::fchmod(fd.get(), 0644) != 0 || ::fsync(fd.get()) != 0)
      done = write_error(path);
  }
  if (done.ok() && ::rename(draft.c_str(), path.c_str()) != 0) done = write_error(path);
  if (!done.ok()) {
    ::unlink(draft.c_str());
    return done;
  }
  return sync_folder(path.parent_path());
}

std::string run_id(std::chrono::system_clock::time_point time, const std::string& profile,
                   const std::vector<std::string>& targets) {
  std::string id = compact_utc(time) + "__bench__" + safe(profile) + "__";
  std::size_t shown = 0;
  for (const std::string& target : targets) {
    const std::string more = (shown == 0 ? "" : "_") + safe(target);
    // Room is left for "_and-NNNN-more".
    if (shown > 0 && id.size() + more.size() + 15 > kLongestId) break;
    id += more;
    ++shown;
  }
  if (shown < targets.size()) id += "_and-" + std::to_string(targets.size() - shown) + "-more";
  if (id.size() > kLongestId) id.resize(kLongestId);
  return id;
}

Result<Artifacts> Artifacts::create(const fs::path& root, const std::string& profile,
                                    const std::vector<std::string>& targets,
                                    std::chrono::system_clock::time_point now) {
  const fs::path runs = root / "runs";
  if (auto made = make_folder(runs); !made.ok()) return made.error();
  const std::string wanted = run_id(now, profile, targets);
  for (int suffix = 1; suffix < kMostSuffixes; ++suffix) {
    const std::string id = suffix == 1 ? wanted : wanted + "-" + std::to_string(suffix);
    const fs::path folder = runs / id;
    // mkdir decides who gets the name when two runs begin in the same second.
    if (::mkdir(folder.c_str(), 0755) == 0) {
      if (auto synced = sync_folder(runs); !synced.ok()) return synced.error();
      return Artifacts(id, folder);
    }
    if (errno != EEXIST)
      return errno_error("make the artifacts folder", folder.string(), fix_for(errno));
  }
  return Error{"make the artifacts folder", (runs / wanted).string(),
               "there are " + std::to_string(kMostSuffixes) + " of that name", kElsewhere};
}

Result<Artifacts> Artifacts::reopen(const fs::path& root, const std::string& id) {
  const fs::path folder = root / "runs" / id;
  if (auto made = make_folder(folder); !made.ok()) return made.error();
  return Artifacts(id, folder);
}

Status Artifacts::write_manifest(const RunInfo& run) const {
  return write_whole_file(folder_ / "manifest.json", dump(manifest_json(run), 2) + "\n");
}

Status Artifacts::write_results(const RunInfo& run, const std::vector<TargetResult>& results,
                                RunState state) const {
  return write_whole_file(folder_ / "results.json",
                          dump(results_json(run, results, state), 2) + "\n");
}

Status Artifacts::write_report(const RunInfo& run, const std::vector<TargetResult>& results,
                               RunState state) const {
  return write_whole_file(folder_ / "report.md", report_markdown(run, results, state));
}

Status Artifacts::write(const RunInfo& run, const std::vector<TargetResult>& results,
                        RunState state) const {
  if (auto done = write_manifest(run); !done.ok()) return done;
  if (auto done = write_results(run, results, state); !done.ok()) return done;
  return write_report(run, results, state);
}

}  // namespace aisp
