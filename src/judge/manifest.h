// Fills in what is to be known of a run: machine, software, options.
#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "judge/run_info.h"

namespace aisp {

// ISO 8601, UTC, whole seconds: "2026-01-31T12:00:00Z".
std::string utc_text(std::chrono::system_clock::time_point time);

// CPU model, CPUs, memory, kernel, microcode, hypervisor, instruction set. What cannot be read is
// "unknown". `root` stands before /proc and /sys.
std::map<std::string, std::string> machine_facts(const std::filesystem::path& root = "/");

// aisp's version and compiler; the commit of the checkout that the first of `places` lies in that lies
// in one, and whether that is dirty; "no checkout" where there is none, or no git.
std::map<std::string, std::string> software_facts(const std::vector<std::filesystem::path>& places);

// BLAKE2b-256 of the options, names and values.
std::string config_hash(const std::map<std::string, std::string>& config);

}  // namespace aisp
