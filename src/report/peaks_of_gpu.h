// What a GPU of the published table could do at best for a recorded target.
#pragma once

#include <string_view>
#include <vector>

#include "base/result.h"
#include "report/html_report.h"

namespace aisp {

// One for each target, in their order. The operations are those of the target's first output: tensor
// cores where its type has them, narrower ones where its tolerance admits them, as the judge's own floor
// does. A family ("H100") is its fastest memory with its fastest arithmetic, each named in `source`: a
// roofline that is too high accuses nobody of being done. Error: no such GPU, with names that come near.
Result<std::vector<std::optional<NamedPeaks>>> peaks_of_gpu(
    std::string_view name, const std::vector<RecordedTarget>& targets);

}  // namespace aisp
