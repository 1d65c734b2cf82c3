// Ctrl-C: the first one asks the run to end after this round, the second one ends it at once.
#pragma once

#include <atomic>

namespace aisp::cli {

// Takes over SIGINT and SIGTERM for the rest of the process. The flag becomes true at the first one.
const std::atomic<bool>& watch_for_interrupts();

}  // namespace aisp::cli
