// Stored results and manifests, read from any bytes: a value or an error, and what was read can be
// written and read again.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "ledger/result_json.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  if (const auto result = aisp::target_result_from_json(text); result.ok())
    if (!aisp::target_result_from_json(aisp::dump(aisp::target_result_json(*result))).ok())
      std::abort();
  if (const auto run = aisp::run_info_from_json(text); run.ok())
    if (!aisp::run_info_from_json(aisp::dump(aisp::manifest_json(*run))).ok()) std::abort();
  return 0;
}
