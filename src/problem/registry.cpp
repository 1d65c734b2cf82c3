#include "problem/registry.h"

#include <fnmatch.h>

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

namespace aisp {

namespace fs = std::filesystem;

namespace {

bool starts_with(std::string_view text, std::string_view start) {
  return text.substr(0, start.size()) == start;
}

Result<std::vector<fs::path>> entries_of(const fs::path& folder) {
  std::error_code failure;
  std::vector<fs::path> entries;
  for (fs::directory_iterator at(folder, failure), end; !failure && at != end;
       at.increment(failure))
    entries.push_back(at->path());
  if (failure)
    return Error{"look for targets", folder.string(), failure.message(),
                 "Build them (cmake --build build), or say where they are with --targets-dir DIR"};
  std::sort(entries.begin(), entries.end());
  return entries;
}

// The implementations among `entries`; all empty when there is none.
DeviceFiles files_in(const std::string& device, const fs::path& folder,
                     const std::vector<fs::path>& entries) {
  DeviceFiles files;
  files.device = device;
  files.folder = folder;
  std::vector<fs::path> baselines;
  for (const fs::path& entry : entries) {
    if (entry.extension() != ".so") continue;
    const std::string stem = entry.stem().string();
    if (starts_with(stem, "baseline")) baselines.push_back(entry);
    if (starts_with(stem, "optimized")) files.optimized.push_back(entry);
    if (starts_with(stem, "ceiling_")) files.ceilings.push_back(entry);
    if (stem == "reference_serial") files.reference_serial = entry;
  }
  if (baselines.empty()) {
    files.fault = "it has no baseline.so";
  } else if (baselines.size() > 1) {
    files.fault = "it has " + std::to_string(baselines.size()) + " baselines (" +
                  baselines[0].filename().string() + ", " + baselines[1].filename().string() +
                  "), and there must be exactly one";
  } else if (files.optimized.empty()) {
    files.fault = "it has no optimized*.so";
  }
  if (!baselines.empty()) files.baseline = baselines.front();
  return files;
}

bool empty(const DeviceFiles& files) {
  return files.baseline.empty() && files.optimized.empty() && files.ceilings.empty() &&
         files.reference_serial.empty();
}

Result<TargetFiles> target_in(const fs::path& root, const fs::path& folder,
                              const std::vector<fs::path>& entries) {
  TargetFiles target;
  target.folder = folder;
  target.problem = folder / "problem.so";
  target.name = folder.filename().string();
  target.chapter = folder.parent_path().lexically_relative(root).string();
  DeviceFiles cpu = files_in("cpu", folder, entries);
  DeviceFiles cuda;
  std::error_code unreadable;
  if (fs::is_directory(folder / "cuda", unreadable)) {
    const auto inside = entries_of(folder / "cuda");
    if (!inside.ok()) return inside.error();
    cuda = files_in("cuda", folder / "cuda", *inside);
  }
  if (!empty(cpu) || empty(cuda)) target.devices.push_back(std::move(cpu));
  if (!empty(cuda)) target.devices.push_back(std::move(cuda));
  return target;
}

// Chapters have one or two levels: ch01, labs/moe.
constexpr int kDeepest = 3;

Status collect(const fs::path& root, const fs::path& folder, int depth,
               std::vector<TargetFiles>& found) {
  const auto entries = entries_of(folder);
  if (!entries.ok()) return entries.error();
  const bool is_target = std::any_of(entries->begin(), entries->end(), [](const fs::path& entry) {
    return entry.filename() == "problem.so";
  });
  if (is_target && depth >= 2) {
    auto target = target_in(root, folder, *entries);
    if (!target.ok()) return target.error();
    found.push_back(std::move(*target));
    return success();
  }
  if (depth == kDeepest) return success();
  for (const fs::path& entry : *entries) {
    std::error_code unreadable;  // then it is no folder that we could look into
    if (!fs::is_directory(entry, unreadable)) continue;
    if (auto done = collect(root, entry, depth + 1, found); !done.ok()) return done;
  }
  return success();
}

std::vector<std::string> split(const std::vector<std::string>& wanted) {
  std::vector<std::string> entries;
  for (const std::string& list : wanted) {
    std::size_t begin = 0;
    for (;;) {
      const std::size_t comma = list.find(',', begin);
      std::string entry = list.substr(begin, comma - begin);
      entry.erase(0, entry.find_first_not_of(" \t"));
      entry.erase(entry.find_last_not_of(" \t") + 1);
      if (!entry.empty()) entries.push_back(entry);
      if (comma == std::string::npos) break;
      begin = comma + 1;
    }
  }
  return entries;
}

bool matches(const std::string& pattern, const std::string& text) {
  return fnmatch(pattern.c_str(), text.c_str(), 0) == 0;
}

bool entry_names(const std::string& entry, const TargetFiles& target) {
  if (target.hidden() && !starts_with(entry, target.chapter)) return false;
  if (entry == "all") return true;
  if (const std::size_t dots = entry.find(".."); dots != std::string::npos) {
    const std::string first = entry.substr(0, dots), last = entry.substr(dots + 2);
    return first <= target.chapter && target.chapter <= last;
  }
  if (entry.find(':') != std::string::npos) return matches(entry, target.target());
  return matches(entry, target.chapter) || starts_with(target.chapter, entry + "/");
}

Error unknown(const std::string& entry, const std::vector<TargetFiles>& targets) {
  std::set<std::string> names;
  for (const TargetFiles& target : targets) {
    if (target.hidden() && !starts_with(entry, "test")) continue;
    names.insert(target.target());
    names.insert(target.chapter);
  }
  std::vector<std::pair<std::size_t, std::string>> nearest;
  for (const std::string& name : names) {
    // Whoever types only "gemm" is nearest to every target of that name.
    const std::size_t colon = name.find(':');
    std::size_t distance = edit_distance(entry, name);
    if (colon != std::string::npos)
      distance = std::min(distance, edit_distance(entry, name.substr(colon + 1)));
    nearest.emplace_back(distance, name);
  }
  std::sort(nearest.begin(), nearest.end());
  constexpr std::size_t kShown = 3;
  std::string fix;
  for (const auto& [distance, name] : nearest) {
    if (distance > std::max<std::size_t>(2, entry.size() / 2) || fix.size() > 80) break;
    if (static_cast<std::size_t>(std::count(fix.begin(), fix.end(), ',')) + 1 >= kShown) break;
    fix += (fix.empty() ? "Did you mean " : ", ") + name;
  }
  fix += fix.empty() ? "`aisp bench list-targets` shows what there is"
                     : "? `aisp bench list-targets` shows all";
  const bool with_cuda = std::any_of(targets.begin(), targets.end(), [](const TargetFiles& target) {
    return target.on("cuda") != nullptr;
  });
  if (!with_cuda) fix += ". Targets for GPUs only are built where nvcc is installed";
  return {"find a target", entry, "there is no target or chapter of that name", fix};
}

Error not_there(const std::string& entry, const std::string& device,
                const std::vector<TargetFiles>& named) {
  std::set<std::string> others;
  for (const TargetFiles& target : named)
    for (const DeviceFiles& files : target.devices) others.insert(files.device);
  std::string list;
  for (const std::string& other : others) list += (list.empty() ? "" : ", ") + other;
  return {"find a target", entry, "nothing of it is there for the device " + device,
          "It is there for: " + list +
              (device == "cuda" ? ". CUDA implementations are built where nvcc is installed" : "")};
}

}  // namespace

std::vector<std::string> DeviceFiles::names() const {
  std::vector<std::string> all;
  if (!baseline.empty()) all.push_back(baseline.stem().string());
  for (const fs::path& file : optimized) all.push_back(file.stem().string());
  for (const fs::path& file : ceilings) all.push_back(file.stem().string());
  if (!reference_serial.empty()) all.push_back(reference_serial.stem().string());
  return all;
}

const DeviceFiles* TargetFiles::on(std::string_view device) const {
  for (const DeviceFiles& files : devices)
    if (files.device == device) return &files;
  return nullptr;
}

Result<std::vector<TargetFiles>> find_targets(const fs::path& root) {
  std::vector<TargetFiles> found;
  if (auto done = collect(root, root, 0, found); !done.ok()) return done.error();
  if (found.empty())
    return Error{"look for targets", root.string(), "there is no <chapter>/<name>/problem.so",
                 "Build them (cmake --build build), or say where they are with --targets-dir DIR"};
  std::sort(found.begin(), found.end(), [](const TargetFiles& a, const TargetFiles& b) {
    return std::pair(a.chapter, a.name) < std::pair(b.chapter, b.name);
  });
  return found;
}

Result<std::vector<TargetFiles>> select_targets(const std::vector<TargetFiles>& targets,
                                                const std::vector<std::string>& wanted,
                                                const std::string& device) {
  std::vector<bool> taken(targets.size(), false);
  const std::vector<std::string> entries = split(wanted);
  if (entries.empty())
    return Error{"find a target", "", "none was named", "Name one with -t, for example -t ch01"};
  std::optional<Error> elsewhere;  // of a chapter: an error where nothing else is selected either
  for (const std::string& entry : entries) {
    std::vector<TargetFiles> named;
    bool any = false;
    for (std::size_t i = 0; i < targets.size(); ++i) {
      if (!entry_names(entry, targets[i])) continue;
      named.push_back(targets[i]);
      if (!device.empty() && targets[i].on(device) == nullptr) continue;
      any = true;
      taken[i] = true;
    }
    if (named.empty()) return unknown(entry, targets);
    if (any) continue;
    if (entry.find(':') != std::string::npos) return not_there(entry, device, named);
    if (!elsewhere) elsewhere = not_there(entry, device, named);
  }
  if (elsewhere && std::find(taken.begin(), taken.end(), true) == taken.end()) return *elsewhere;
  std::vector<TargetFiles> selected;
  for (std::size_t i = 0; i < targets.size(); ++i) {
    if (!taken[i]) continue;
    const DeviceFiles* const files = targets[i].on(device);
    if (files != nullptr && !files->fault.empty())
      return Error{"run a target", targets[i].target(),
                   files->fault + " in " + files->folder.string(), "Build it again"};
    selected.push_back(targets[i]);
  }
  return selected;
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t above = row[j];
      row[j] = std::min({above + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)});
      diagonal = above;
    }
  }
  return row[b.size()];
}

}  // namespace aisp
