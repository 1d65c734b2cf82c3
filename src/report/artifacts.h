// The folder of a run: manifest.json, results.json, report.md. Each is replaced as a whole, so that
// a reader sees the old or the new one, and never half of one.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "judge/result.h"
#include "judge/run_info.h"
#include "ledger/names.h"

namespace aisp {

// Writes `text` to a new file beside `path`, syncs it, renames it to `path` and syncs the folder.
// When it fails the file that was there before is unchanged.
Status write_whole_file(const std::filesystem::path& path, std::string_view text);

// <UTC time yyyymmddThhmmssZ>__bench__<profile>__<targets>: letters, digits, '-', '_' and '.'; at
// most 96 characters. "20260131T120000Z__bench__minimal__ch01-gemm_ch02-copy".
std::string run_id(std::chrono::system_clock::time_point time, const std::string& profile,
                   const std::vector<std::string>& targets);

class Artifacts {
 public:
  // Makes <root>/runs/<id>/ with the id of run_id(), or with "-2", "-3" … after it when that is
  // taken. Error: not writable, disk full.
  static Result<Artifacts> create(const std::filesystem::path& root, const std::string& profile,
                                  const std::vector<std::string>& targets,
                                  std::chrono::system_clock::time_point now);
  // The folder of a run that is resumed; made again when it is gone.
  static Result<Artifacts> reopen(const std::filesystem::path& root, const std::string& id);

  const std::string& id() const { return id_; }
  const std::filesystem::path& folder() const { return folder_; }

  Status write_manifest(const RunInfo& run) const;
  Status write_results(const RunInfo& run, const std::vector<TargetResult>& results,
                       RunState state) const;
  Status write_report(const RunInfo& run, const std::vector<TargetResult>& results,
                      RunState state) const;
  // All three.
  Status write(const RunInfo& run, const std::vector<TargetResult>& results, RunState state) const;

 private:
  Artifacts(std::string id, std::filesystem::path folder)
      : id_(std::move(id)), folder_(std::move(folder)) {}

  std::string id_;
  std::filesystem::path folder_;
};

}  // namespace aisp
