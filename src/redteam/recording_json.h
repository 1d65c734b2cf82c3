// A run of the corpus as JSON, and back (schemas/redteam.schema.json).
#pragma once

#include <string>

#include "base/result.h"
#include "ledger/result_json.h"
#include "redteam/row.h"

namespace aisp::redteam {

inline constexpr int kSchemaVersion = 1;

// Findings that passed are left out where nobody asks for them: in rows that are no attack's.
Json recording_json(const Recording& recording);

// The same as text, one line per row.
std::string recording_text(const Recording& recording);

// Errors: no JSON, another schema_version, a field that is missing or cannot be. The summary is
// counted anew and has to agree with the one that is written there.
Result<Recording> recording_from_json(const std::string& text);

}  // namespace aisp::redteam
