// What an audit found, for people, for programs (schemas/audit.schema.json) and for code hosts (SARIF).
#pragma once

#include <string>
#include <vector>

#include "audit/audit.h"
#include "ledger/result_json.h"

namespace aisp {

inline constexpr int kAuditSchemaVersion = 1;

// One block for each target; notes only where `notes`.
std::string audit_text(const std::vector<audit::TargetAudit>& audits, bool notes);
std::string audit_markdown(const std::vector<audit::TargetAudit>& audits);
Json audit_json(const std::vector<audit::TargetAudit>& audits);
// SARIF 2.1.0; TargetAudit::problem is the location. What could not be asked has kind "open".
Json audit_sarif(const std::vector<audit::TargetAudit>& audits, const std::string& version);

}  // namespace aisp
