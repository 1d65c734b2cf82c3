// Recorded runs of the corpus, read from any bytes: what was read can be written, read again and
// summed up, whatever its numbers are.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "redteam/mutation.h"
#include "redteam/protections.h"
#include "redteam/recording_json.h"
#include "redteam/summary.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace aisp;           // NOLINT
  using namespace aisp::redteam;  // NOLINT
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto recording = recording_from_json(text);
  if (!recording.ok()) return 0;
  const auto again = recording_from_json(dump(recording_json(*recording)));
  if (!again.ok()) std::abort();
  if (rows_table(recording->rows, 80) != rows_table(again->rows, 80)) std::abort();
  if (guards_table(recording->rows, 80).empty() || closing_sentence(*recording).empty())
    std::abort();
  if (protections_markdown({*recording}).empty()) std::abort();
  return 0;
}
