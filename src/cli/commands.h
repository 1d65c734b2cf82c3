// Subcommands that are files of their own: each adds itself to `bench` (or to `aisp`), with its options
// and their defaults, and when it was typed puts what it does into `chosen`.
#pragma once

#include <functional>

#include "cli/exit_code.h"

namespace CLI {
class App;
}

namespace aisp::cli {

using Command = std::function<ExitCode()>;

void add_audit(CLI::App& bench, Command& chosen);
void add_compare(CLI::App& bench, Command& chosen);
void add_expectations(CLI::App& bench, Command& chosen);
void add_export(CLI::App& bench, Command& chosen);
void add_history(CLI::App& bench, Command& chosen);
void add_peak(CLI::App& bench, Command& chosen);
void add_quarantine_report(CLI::App& bench, Command& chosen);
void add_theoretical_peak(CLI::App& bench, Command& chosen);
void add_triage(CLI::App& bench, Command& chosen);
void add_verify_report(CLI::App& bench, Command& chosen);

// Of `aisp` itself.
void add_cleanup(CLI::App& app, Command& chosen);
void add_doctor(CLI::App& app, Command& chosen);
void add_migrate(CLI::App& app, Command& chosen);
void add_new_target(CLI::App& app, Command& chosen);

}  // namespace aisp::cli
