// A run of the corpus as people read it on a terminal.
#pragma once

#include <string>
#include <vector>

#include "redteam/row.h"

namespace aisp::redteam {

// One line per attack: class, name, how it ended, by which guards, what it gained; then honest code
// that was not accepted, then why for everything that is no pass.
std::string rows_table(const std::vector<Row>& rows, int width);

// One line per guard: how many attacks it rejects, how many of them it alone, and which.
std::string guards_table(const std::vector<Row>& rows, int width);

// "96 attacks on cpu: 96 caught (37 of them accepted and without gain), 0 missed, 0 not run; …"
std::string closing_sentence(const Recording& recording);

// "caught by values, precision", "MISSED", "harmless": for a line of progress.
std::string outcome_words(const Row& row);

}  // namespace aisp::redteam
