#include "cli/config.h"

#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <sstream>

namespace aisp::cli {
namespace {

std::string lines(const std::vector<std::string>& values) {
  return fmt::format("{}", fmt::join(values, "\n"));
}

std::vector<std::string> from_lines(const std::string& text) {
  std::vector<std::string> values;
  std::stringstream in(text);
  for (std::string line; std::getline(in, line);)
    if (!line.empty()) values.push_back(line);
  return values;
}

std::string absolute(const std::string& path) {
  return path.empty() ? path : std::filesystem::absolute(path).lexically_normal().string();
}

const char* yes_no(bool value) { return value ? "yes" : "no"; }

}  // namespace

Config config_of(const RunOptions& o) {
  std::vector<std::string> candidates;
  for (const std::string& candidate : o.candidates) candidates.push_back(absolute(candidate));
  return {{"targets", lines(o.targets)},
          {"profile", o.profile},
          {"device", o.device},
          {"rounds", std::to_string(o.rounds)},
          {"time limit", fmt::format("{}", o.time_limit_s)},
          {"interval", fmt::format("{}", o.interval_percent)},
          {"candidates", lines(candidates)},
          {"candidate flags", o.candidate_flags},
          {"candidate entry", o.entry},
          {"candidate launch", o.launch},
          {"with own", yes_no(o.with_own)},
          {"validity profile", o.validity_profile},
          {"flush", yes_no(o.flush)},
          {"graph replay", yes_no(o.graph_replay)},
          {"calls per window", std::to_string(o.calls_per_window)},
          {"targets dir", absolute(o.targets_dir)},
          {"verify only", yes_no(o.verify_only)},
          {"verify phase", o.verify_phase}};
}

RunOptions options_of(const Config& config, RunOptions base) {
  const auto get = [&](const char* name) {
    const auto at = config.find(name);
    return at == config.end() ? std::string() : at->second;
  };
  base.targets = from_lines(get("targets"));
  base.profile = get("profile");
  base.device = get("device");
  base.rounds = std::atoi(get("rounds").c_str());
  base.time_limit_s = std::atof(get("time limit").c_str());
  base.interval_percent = std::atof(get("interval").c_str());
  base.candidates = from_lines(get("candidates"));
  base.candidate_flags = get("candidate flags");
  base.entry = get("candidate entry");
  base.launch = get("candidate launch");
  base.with_own = get("with own") == "yes";
  base.validity_profile = get("validity profile");
  base.flush = get("flush") != "no";
  base.graph_replay = get("graph replay") == "yes";
  base.calls_per_window = std::atoi(get("calls per window").c_str());
  base.targets_dir = get("targets dir");
  base.verify_phase = get("verify phase");
  return base;
}

}  // namespace aisp::cli
