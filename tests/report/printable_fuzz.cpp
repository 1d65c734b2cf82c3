// Whatever a worker prints: one line, no control characters, within the width, and the same again when
// it is made printable twice.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "report/printable.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const std::string line = aisp::printable_line(text);
  for (const char c : line)
    if (static_cast<unsigned char>(c) < 32 || c == 127) std::abort();
  if (aisp::printable_line(line) != line) std::abort();
  for (const int width : {1, 7, 80})
    if (aisp::display_width(aisp::cut_to_width(line, width)) > width) std::abort();
  for (const char c : aisp::printable_markdown(text))
    if (static_cast<unsigned char>(c) < 32 || c == 127) std::abort();
  return 0;
}
