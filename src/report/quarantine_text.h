// The quarantine, for people and for programs (schemas/quarantine.schema.json).
#pragma once

#include <string>
#include <vector>

#include "ledger/quarantine.h"
#include "ledger/result_json.h"

namespace aisp {

std::string quarantine_text(const std::vector<QuarantineEvent>& history);
std::string quarantine_markdown(const std::vector<QuarantineEvent>& history);
Json quarantine_json(const std::vector<QuarantineEvent>& history);

}  // namespace aisp
