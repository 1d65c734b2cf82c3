#include "cli/list_targets.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "cli/install.h"
#include "cli/terminal.h"
#include "problem/loader.h"
#include "problem/registry.h"
#include "report/json.h"

namespace aisp::cli {
namespace {

const char* goal_name(Goal goal) {
  switch (goal) {
    case Goal::speed: return "speed";
    case Goal::memory: return "memory";
    case Goal::throughput: return "throughput";
  }
  return "?";
}

std::vector<std::string> devices_of(const TargetFiles& target) {
  std::vector<std::string> devices;
  for (const DeviceFiles& files : target.devices)
    if (files.fault.empty()) devices.push_back(files.device);
  return devices;
}

// Of all devices, each name once.
std::vector<std::string> implementations_of(const TargetFiles& target) {
  std::vector<std::string> all;
  for (const DeviceFiles& files : target.devices)
    for (const std::string& name : files.names())
      if (std::find(all.begin(), all.end(), name) == all.end()) all.push_back(name);
  return all;
}

}  // namespace

ExitCode list_targets(const ListOptions& options) {
  const auto fail = [](const Error& error) {
    say(stderr, "aisp: {}\n", error.message());
    return ExitCode::usage;
  };
  const auto install = find_install(options.targets_dir);
  if (!install.ok()) return fail(install.error());
  const auto found = find_targets(install->targets);
  if (!found.ok()) return fail(found.error());
  std::vector<TargetFiles> wanted;
  if (options.chapter.empty()) {
    for (const TargetFiles& target : *found) {
      if (target.hidden()) continue;
      for (const DeviceFiles& files : target.devices)
        if (!files.fault.empty())
          say(stderr, "aisp: {} is left out on {}: {}\n", target.target(), files.device,
              files.fault);
      if (!devices_of(target).empty()) wanted.push_back(target);
    }
  } else {
    auto selected = select_targets(*found, {options.chapter}, "");
    if (!selected.ok()) return fail(selected.error());
    wanted = std::move(*selected);
  }

  std::vector<TargetListing> listings;
  std::vector<std::string> summaries;
  std::size_t widest = 0;
  for (const TargetFiles& target : wanted) {
    const auto problem = LoadedProblem::load(target.problem);
    if (!problem.ok()) return fail(problem.error());
    listings.push_back({target.target(), target.chapter, goal_name((**problem)->goal.get()),
                        devices_of(target), implementations_of(target)});
    widest = std::max(widest, target.target().size());
    summaries.push_back((**problem)->summary.get());
  }
  if (options.json) {
    say(stdout, "{}\n", dump(list_targets_json(listings), 2));
    return ExitCode::good;
  }
  for (std::size_t i = 0; i < listings.size(); ++i) {
    const TargetListing& listing = listings[i];
    say(stdout, "{:<{}}  {}\n", listing.target, widest, summaries[i]);
    say(stdout, "{:<{}}  {} · {} · {}\n", "", widest, listing.goal,
        fmt::join(listing.devices, ", "), fmt::join(listing.implementations, ", "));
  }
  return ExitCode::good;
}

}  // namespace aisp::cli
