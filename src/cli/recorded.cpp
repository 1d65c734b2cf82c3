#include "cli/recorded.h"

#include <CLI/CLI.hpp>
#include <filesystem>

namespace aisp::cli {

namespace fs = std::filesystem;

Result<Ledger> open_recorded(const std::string& artifacts) {
  const fs::path file = fs::path(artifacts) / "ledger.db";
  std::error_code unknown;
  if (!fs::exists(file, unknown))
    return Error{"read earlier runs", file.string(), "there is no ledger",
                 "`aisp bench run` makes one; --artifacts DIR says where it is"};
  return Ledger::open(file.string());
}

Result<ExportedRun> read_run(Ledger& ledger, const std::string& name, bool with_windows) {
  const auto id = ledger.find_run(name);
  if (!id.ok()) return id.error();
  auto info = ledger.run_info(*id);
  if (!info.ok()) return info.error();
  const auto state = ledger.run_state(*id);
  if (!state.ok()) return state.error();
  auto results = ledger.results(*id);
  if (!results.ok()) return results.error();
  if (with_windows)
    for (TargetResult& target : *results)
      for (ImplementationResult& row : target.implementations) {
        auto windows = ledger.windows(*id, target.target, row.implementation, target.device);
        if (!windows.ok()) return windows.error();
        row.observation.windows = std::move(*windows);
      }
  return ExportedRun{{std::move(*info), std::move(*results)}, *state};
}

Json interval_json(const std::optional<stats::Interval>& x) {
  if (!x) return nullptr;
  return {{"estimate", x->estimate}, {"low", x->low}, {"high", x->high}};
}

void add_artifacts(CLI::App* command, std::string& value) {
  command->add_option("--artifacts", value, "Where runs are recorded: DIR/ledger.db")
      ->type_name("DIR")
      ->capture_default_str();
}

}  // namespace aisp::cli
