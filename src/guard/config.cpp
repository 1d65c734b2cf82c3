// config
//   sees       the hash of the run's configuration, taken at the start and once more at the end
//   threshold  none: equal or not
//   source     what was asked for is what the report says it was
//   blind to   a change that was undone before the end
#include <fmt/format.h>

#include "guard/guards.h"

namespace aisp::guard {

Finding config(const Observation& o) {
  Finding f{"config", FindingStatus::not_run, FindingKind::environment, {}, true};
  const std::string before = o.config_hash_before.substr(0, 12);
  const std::string after = o.config_hash_after.substr(0, 12);
  if (before.empty() || after.empty()) {
    f.message = "the configuration was not hashed at both ends of the run";
  } else if (o.config_hash_before != o.config_hash_after) {
    f.status = FindingStatus::fail;
    f.message = fmt::format("the configuration changed during the run: hash {} before, {} after",
                            before, after);
  } else {
    f.status = FindingStatus::pass;
    f.message = fmt::format("the configuration did not change (hash {})", before);
  }
  return f;
}

}  // namespace aisp::guard
