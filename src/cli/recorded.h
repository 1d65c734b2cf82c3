// What the commands share that read earlier runs: where the ledger is, and what it has of one run.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "cli/commands.h"
#include "ledger/ledger.h"
#include "ledger/result_json.h"
#include "report/export.h"
#include "stats/interval.h"

namespace aisp::cli {

// <artifacts>/ledger.db. Error: none there (nothing is made), or what Ledger::open says.
Result<Ledger> open_recorded(const std::string& artifacts);

// Everything of the run that `name` means to Ledger::find_run.
Result<ExportedRun> read_run(Ledger& ledger, const std::string& name, bool with_windows);

// For --json; null where there is none.
Json interval_json(const std::optional<stats::Interval>& x);

// --artifacts, as `run` has it.
void add_artifacts(CLI::App* command, std::string& value);

}  // namespace aisp::cli
