#include "cli/record.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>

#include "base/fd.h"
#include "cli/defaults.h"

namespace aisp::cli {

namespace fs = std::filesystem;

namespace {

constexpr const char* kRecord = "record runs";
constexpr const char* kElsewhere = "Choose another place with --artifacts DIR";

// Before anything is measured: a run that cannot be kept should not cost the time.
Status check_room(const fs::path& root) {
  std::error_code failure;
  fs::create_directories(root, failure);
  if (failure) return Error{kRecord, root.string(), failure.message(), kElsewhere};
  std::string probe = (root / ".write-test-XXXXXX").string();
  const UniqueFd fd(mkostemp(probe.data(), O_CLOEXEC));
  if (!fd) return errno_error(kRecord, root.string(), kElsewhere);
  const bool written = ::write(fd.get(), "test", 4) == 4 && ::fsync(fd.get()) == 0;
  const Error unwritable = errno_error(kRecord, root.string(), kElsewhere);
  ::unlink(probe.c_str());
  if (!written) return unwritable;
  struct statvfs room {};
  if (::statvfs(root.c_str(), &room) != 0) return errno_error(kRecord, root.string(), kElsewhere);
  const auto free = static_cast<std::uint64_t>(room.f_bavail) * room.f_frsize;
  if (free < kDefaults.free_bytes)
    return Error{kRecord, root.string(),
                 fmt::format("only {} MiB are free there, and {} MiB are needed", free >> 20,
                             kDefaults.free_bytes >> 20),
                 "Free some space, or choose another place with --artifacts DIR"};
  return success();
}

}  // namespace

Result<Record> Record::open(const fs::path& root) {
  if (auto room = check_room(root); !room.ok()) return room.error();
  auto ledger = Ledger::open((root / "ledger.db").string());
  if (!ledger.ok()) return ledger.error();
  return Record(root, std::move(*ledger));
}

Status Record::begin(RunInfo& run, const std::vector<std::string>& targets) {
  auto artifacts = Artifacts::create(root_, run.profile, targets, std::chrono::system_clock::now());
  if (!artifacts.ok()) return artifacts.error();
  artifacts_ = std::move(*artifacts);
  run.id = artifacts_->id();
  if (auto done = ledger_.begin_run(run); !done.ok()) return done;
  if (auto done = ledger_.plan_targets(run.id, targets); !done.ok()) return done;
  return artifacts_->write_manifest(run);
}

Result<RunInfo> Record::resume(const std::string& id) {
  auto run = id.empty() ? ledger_.latest_interrupted_run() : ledger_.run_info(id);
  if (!run.ok()) return run.error();
  if (auto done = ledger_.resume_run(run->id); !done.ok()) return done.error();
  auto artifacts = Artifacts::reopen(root_, run->id);
  if (!artifacts.ok()) return artifacts.error();
  artifacts_ = std::move(*artifacts);
  return run;
}

Status Record::add(const RunInfo& run, const TargetResult& result,
                   const std::vector<TargetResult>& all) {
  if (auto done = ledger_.record_target(run.id, result); !done.ok()) return done;
  return artifacts_->write(run, all, RunState::running);
}

Status Record::end(const RunInfo& run, const std::vector<TargetResult>& all, RunState state) {
  const Status done =
      state == RunState::finished ? ledger_.finish_run(run) : ledger_.interrupt_run(run);
  const Status written = artifacts_->write(run, all, state);
  return done.ok() ? written : done;
}

}  // namespace aisp::cli
