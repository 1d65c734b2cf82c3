// What has to be known about a run to believe or repeat it: the manifest.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "guard/finding.h"

namespace aisp {

struct RunInfo {
  std::string id;          // <time>__bench__<profile>__<targets>, also the artifacts folder's name
  std::string started_at;  // ISO 8601, UTC
  std::string finished_at;
  std::string key_hex;  // secret while the run lasts; printed after it; --key repeats it
  std::string profile;
  std::string validity_profile;  // "portable" or "strict"
  std::vector<std::string> targets;
  std::vector<std::string> argv;
  std::map<std::string, std::string> config;  // every option in force
  std::string config_hash;                    // of `config`
  std::map<std::string, std::string>
      machine;  // cpu model, cores, memory, kernel, virtualization, …
  std::map<std::string, std::string> software;  // aisp version, compiler, git commit, git dirty
  std::string isolation;
  std::vector<Finding> environment;  // findings of the environment guard
};

}  // namespace aisp
