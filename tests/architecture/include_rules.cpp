#include "architecture/include_rules.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <regex>
#include <sstream>

namespace aisp::architecture {
namespace {

namespace fs = std::filesystem;

// A room may include the rooms of a smaller number and itself. Rooms of one number are neighbours
// that do not know each other.
const std::map<std::string, int, std::less<>> kRooms = {
    {"base", 0},   {"problem", 1}, {"device", 2}, {"verify", 3}, {"stats", 3},
    {"guard", 4},  {"worker", 5},  {"judge", 6},  {"audit", 6},  {"ledger", 7},
    {"report", 8}, {"redteam", 9}, {"cli", 10},
};

struct Include {
  int line;
  bool quoted;
  std::string path;  // empty: the name is a macro, which nobody can check
};

std::vector<Include> includes_of(std::string_view text) {
  static const std::regex pattern(R"re(^\s*#\s*include(?:_next)?\s*(?:"([^"]*)"|<([^>]*)>|.*))re");
  std::vector<Include> found;
  std::istringstream lines{std::string(text)};
  std::string line;
  for (int number = 1; std::getline(lines, line); ++number) {
    std::smatch match;
    if (!std::regex_search(line, match, pattern)) continue;
    found.push_back({number, match[1].matched, match[1].matched ? match[1].str() : match[2].str()});
  }
  return found;
}

std::string first_part(std::string_view path) {
  return std::string(path.substr(0, path.find('/')));
}

// Whether the name, read as relative to the file at `path`, stays in the folder that is the file's
// own: chapters/<chapter>, attacks or testbed; in src/ and include/ nobody climbs at all.
bool stays_home(const std::string& path, const std::string& name) {
  if (name.starts_with('/')) return false;
  const fs::path parts(name);
  if (std::find(parts.begin(), parts.end(), "..") == parts.end()) return true;
  if (path.starts_with("src/") || path.starts_with("include/")) return false;
  fs::path home = first_part(path);
  if (home == "chapters") home /= *std::next(fs::path(path).begin());
  const fs::path reached = (fs::path(path).parent_path() / name).lexically_normal();
  return reached.generic_string().starts_with(home.generic_string() + "/");
}

std::optional<std::string> rule_for_room(const std::string& room, const Include& include) {
  const std::string other = first_part(include.path);
  if (other == "aisp") return std::nullopt;
  const auto their = kRooms.find(other);
  if (their == kRooms.end() || include.path.find('/') == std::string::npos)
    return include.quoted
               ? std::optional<std::string>("is not \"room/header.h\" or \"aisp/header.h\"")
               : std::nullopt;  // a system header
  if (other == room) return std::nullopt;
  if (their->second >= kRooms.find(room)->second)
    return "room " + room + " does not lie above room " + other;
  return std::nullopt;
}

// The agent shares a process with code that lies: it takes from the rooms only what it needs there.
std::optional<std::string> rule_for_agent(const Include& include) {
  const std::string other = first_part(include.path);
  if (other == "aisp" || other == "base" || other == "agent") return std::nullopt;
  if (include.path.starts_with("worker/protocol") || include.path.starts_with("worker/lockdown"))
    return std::nullopt;
  if (include.path == "device/cuda/driver.h") return std::nullopt;
  if (include.path == "worker/kernel_file.h") return std::nullopt;      // of bare kernels
  if (!include.quoted && !kRooms.contains(other)) return std::nullopt;  // a system header
  return "the agent takes only aisp/, base/, worker/protocol*, worker/lockdown*, "
         "worker/kernel_file.h and the CUDA driver";
}

std::optional<std::string> rule_for_public(const Include& include) {
  const std::string first = first_part(include.path);
  if (first == "aisp") return std::nullopt;
  if (include.quoted || kRooms.contains(first))
    return "public headers include only aisp/ and system headers";
  return std::nullopt;
}

// Chapters, attacks and the testbed are written like a user's code.
std::optional<std::string> rule_for_user_code(const Include& include) {
  const std::string first = first_part(include.path);
  if (first == "aisp") return std::nullopt;
  const bool room = kRooms.contains(first) || first == "agent" || first == "src";
  if (include.path.find('/') != std::string::npos && room)
    return "only aisp/, its own folder and system headers are for it";
  return std::nullopt;
}

}  // namespace

std::vector<std::string> violations(const std::string& path, std::string_view text) {
  std::vector<std::string> broken;
  const std::string top = first_part(path);
  const std::string room =
      top == "src" && path.size() > 4 ? first_part(std::string_view(path).substr(4)) : "";
  const bool known = top != "src" || room == "agent" || kRooms.contains(room);
  if (!known) return {path + ": src/" + room + " is not a room"};

  for (const Include& include : includes_of(text)) {
    std::optional<std::string> rule;
    if (include.path.empty()) {
      rule = "the name of an included file must be written out";
    } else if (!stays_home(path, include.path)) {
      rule = "it leaves its folder";
    } else if (top == "include") {
      rule = rule_for_public(include);
    } else if (top != "src") {
      rule = rule_for_user_code(include);
    } else if (room == "agent") {
      rule = rule_for_agent(include);
    } else {
      rule = rule_for_room(room, include);
    }
    if (rule)
      broken.push_back(path + ":" + std::to_string(include.line) + ": " + include.path + ": " +
                       *rule);
  }
  return broken;
}

std::vector<std::string> checked_files(const fs::path& root) {
  static const std::array<std::string_view, 8> kSuffixes = {".h",   ".hpp", ".c",  ".cc",
                                                            ".cpp", ".inc", ".cu", ".cuh"};
  std::vector<std::string> files;
  for (const char* top : {"src", "include", "chapters", "testbed", "attacks"}) {
    if (!fs::exists(root / top)) continue;
    for (const auto& entry : fs::recursive_directory_iterator(root / top)) {
      const std::string suffix = entry.path().extension().string();
      if (entry.is_regular_file() &&
          std::find(kSuffixes.begin(), kSuffixes.end(), suffix) != kSuffixes.end())
        files.push_back(fs::relative(entry.path(), root).generic_string());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace aisp::architecture
